//! Scenarios as programs for real systems.
//!
//! | room | what it owns |
//! |---|---|
//! | `c` | C for Linux: what `pagelab verify` compiles and runs |
//!
//! Not here: running the program and comparing it with the simulation (the `pagelab` command).

mod c;

use crate::diagnostic::Diagnostics;
use vmcore::config::Checked;

/// A scenario as a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The program's text.
    pub text: String,
    /// Where it stops short of the scenario's end, and why, if it does.
    pub ends: Option<Ends>,
}

/// Where a program stops because a real system cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The line of the step that cannot be taken, from 1.
    pub line: usize,
    /// Why not.
    pub why: String,
}

/// The scenario `source` as a C program for Linux; `config` is its machine, of which the page size and what signals
/// do are of interest.
///
/// # Errors
/// Everything in it that a C program cannot do, or that cannot be done faithfully, each with its place; or what is
/// wrong with it as text.
pub fn to_c(source: &str, config: &Checked) -> Result<Exported, Diagnostics> {
    let (script, diagnostics) = crate::load(source);
    match script {
        Some(script) => c::export(&script, source, config),
        None => Err(diagnostics),
    }
}
