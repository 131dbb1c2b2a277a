//! What can be told wrong about a script without running it.
//!
//! | room | what it owns |
//! |---|---|
//! | `order` | where statements may stand; names declared twice; questions |
//! | `machine` | keys and their ranges |
//! | `names` | who binds what |
//! | `images` | programs and libraries: how many, and what they need in the end |
//! | `steps` | calls, arguments, accesses, expressions |
//! | `loops` | how many steps there are |
//!
//! Not here: what depends on the run (values of variables), and what the model cannot do yet.

mod images;
mod loops;
mod machine;
mod names;
mod order;
mod steps;

pub use loops::MAX_STEPS;
pub(crate) use loops::range_len;
pub use machine::{number_setting, parse_tlb};
pub(crate) use names::{KERNEL, bound_name};

use crate::arith::{ArithError, eval};
use crate::ast::{Expr, Script};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::span::Span;
use crate::vocabulary::constant;

/// Checks `script` and adds what is wrong to `diagnostics`. If parts of it could not be read
/// (`broken`), names that seem to be unknown may stand in those parts and are let pass.
pub fn validate(script: &Script, broken: bool, diagnostics: &mut Diagnostics) {
    let names = names::Names::collect(script);
    order::check(script, &names, diagnostics);
    images::check(script, diagnostics);
    machine::check(script, diagnostics);
    if names.processes.len() > names::MAX_PROCESSES {
        let message = format!("this script has {} processes", names.processes.len());
        let expected = format!("at most {}", names::MAX_PROCESSES);
        diagnostics.push(Diagnostic::error(Span::default(), message).expected(expected));
        return;
    }
    steps::check(script, &names, broken, diagnostics);
    loops::check(script, diagnostics);
}

/// The value of `expr` if it is constant and does not need the page size. An arithmetic mistake is
/// reported; a name that is no constant only makes it not constant.
fn constant_value(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<i128> {
    match eval(expr, &constant_name) {
        Ok(value) => Some(value),
        Err((ArithError::UnknownName(_), _)) => None,
        Err((error, span)) => {
            diagnostics.push(Diagnostic::error(span, error.to_string()));
            None
        }
    }
}

/// The value of a name that needs no machine and no run.
fn constant_name(name: &str) -> Option<i128> {
    match name {
        "NULL" => Some(0),
        _ => constant(name).map(|constant| constant.value),
    }
}
