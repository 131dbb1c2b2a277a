//! The canonical form of a script: one statement a line, two spaces of indentation a block, one
//! space around operators, comments and single blank lines kept. Parsing it again gives an equal
//! script, and formatting it again the same text.

mod expr;
mod statement;

use crate::ast::Script;

/// Lists in braces stay on one line up to this many characters.
const LINE_WIDTH: usize = 100;

/// Prints `script` in canonical form.
pub fn format_script(script: &Script) -> String {
    let mut printer = statement::Printer::default();
    printer.block(&script.body);
    printer.finish()
}

pub use expr::{expr_text, step_text};
pub(crate) use statement::check_text;
