//! Every name that the language knows, as data, each with a sentence of documentation: what the
//! parser looks names up in, what "did you mean" compares with, what the editor completes and the
//! machine panel offers.
//! Not here: what the model makes of them, and which of them it has learned yet (the runner).

mod calls;
mod constants;
mod machine;
mod words;

pub use calls::{CALLS, Call, Group, Param, ParamKind, call};
pub use constants::{BUILT_IN, CONSTANTS, Constant, Family, constant};
pub use machine::{COSTS, Cost, KEYS, Key, KeyKind, POLICIES, TABLE_FORMATS, TLB_POLICIES, Word, key, key_names};
pub use words::{
    CONTEXT_WORDS, COUNTERS, Counter, DIRECTIVES, Directive, ERRNOS, EXPECTATIONS, Expectation, FILLS, SIGNAL_CODES,
    SIGNALS, SOURCES, Tally, directive,
};
