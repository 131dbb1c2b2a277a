//! Scripts that run: a checked script becomes a compact program, the program the commands of a machine.
//!
//! | room | what it owns |
//! |---|---|
//! | `program` | the compiled script: what the runner, the picture and the quiz read |
//! | `code` | compiled expressions |
//! | `compile`, `lower` | from the syntax tree to the program; what the model cannot do yet |
//! | `action` | one step, and the command that it becomes when its expressions have values |
//! | `machine`, `world`, `images` | keys to a configuration, declarations to a machine's setup |
//! | `runner`, `loops` | where a run stands in its program |
//! | `draws` | random numbers of loops |
//! | `expect`, `evictions` | whether expectations hold |
//! | `execution`, `report` | runs from start to end, `check` |
//!
//! Not here: what a command does (`vmcore`), and going back in time (`vmcore::timeline`, whose `Source` is the
//! [`Runner`]).

mod action;
mod code;
mod compile;
pub(crate) mod draws;
mod evictions;
mod execution;
mod expect;
mod images;
mod loops;
mod lower;
mod machine;
mod program;
mod raw;
mod report;
mod runner;
mod world;

pub use evictions::{EvictedPage, Eviction};
pub use execution::{Execution, StepDone};
pub use expect::Failed;
pub use machine::{effective_keys, setting};
pub use program::{Choice, Program, Prompt, Question, StepInfo};
pub use report::{Report, RunReport, check};
pub use runner::Runner;

use crate::diagnostic::Diagnostics;
use std::rc::Rc;

/// Parses, validates and compiles `source`: a program that can run on the base machine and on every variant, or what
/// is wrong. Warnings may come with a program.
pub fn load_program(source: &str) -> (Option<Rc<Program>>, Diagnostics) {
    let (script, mut diagnostics) = crate::load(source);
    let program = script.and_then(|script| compile::compile(&script, source, &mut diagnostics));
    diagnostics.finish();
    (program.map(Rc::new).filter(|_| !diagnostics.has_errors()), diagnostics)
}
