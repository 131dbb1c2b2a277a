//! Tokens to a script. A hand-written recursive descent over the token list rather than a
//! combinator library: the parser has to go on after a mistake at the next statement, to know which
//! bracket was left open, and to keep comments, and all of that is about the token *list*.
//!
//! Everything is bounded: the source by [`MAX_SOURCE_BYTES`], expressions by [`MAX_EXPR_DEPTH`],
//! blocks by [`MAX_BLOCK_DEPTH`].
//!
//! | room | what it owns |
//! |---|---|
//! | `cursor` | the place in the tokens, comments put aside, mistakes reported |
//! | `statement` | statements, blocks, going on after a mistake |
//! | `directive`, `braces` | what describes the machine and its files; lists in braces |
//! | `step` | calls, loads, stores, data |
//! | `expr` | expressions and literals |
//! | `expect` | `expect` lists and questions |
//!
//! Not here: what can be told wrong only by looking at more than one statement (`validate`).

mod braces;
mod cursor;
mod directive;
mod expect;
mod expr;
mod statement;
mod step;

use crate::ast::Script;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::span::Span;
use cursor::Cursor;

/// The longest source that is read: 1 MiB.
pub const MAX_SOURCE_BYTES: usize = 1 << 20;
/// How deep an expression may nest; a chain of operators counts too.
pub const MAX_EXPR_DEPTH: usize = 100;
/// How deep blocks may nest.
pub const MAX_BLOCK_DEPTH: usize = 32;

/// What parsing gives: always a script, of what could be read, and what was wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// The statements that could be read.
    pub script: Script,
    /// What was wrong.
    pub diagnostics: Diagnostics,
}

/// Parses `source`. Mistakes are in the result, all of them.
pub fn parse(source: &str) -> Parsed {
    if source.len() > MAX_SOURCE_BYTES {
        let message = format!("the script is {} bytes long; at most {MAX_SOURCE_BYTES} are read", source.len());
        let diagnostics = Diagnostic::error(Span::new(0, 0), message).into();
        return Parsed { script: Script::default(), diagnostics };
    }
    let mut cursor = Cursor::new(source);
    let script = cursor.script();
    let mut diagnostics = cursor.into_diagnostics();
    diagnostics.finish();
    Parsed { script, diagnostics }
}

/// The text of `bytes`, if they are UTF-8; else where they are not, with what could be read before.
pub fn parse_bytes(bytes: &[u8]) -> Result<&str, Diagnostics> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let message = format!("byte {at} of the script, 0x{:02x}, is not UTF-8", bytes[at]);
        Diagnostic::error(Span::new(at, at + 1), message)
            .expected("text in UTF-8")
            .help("save the file as UTF-8".to_string())
            .into()
    })
}
