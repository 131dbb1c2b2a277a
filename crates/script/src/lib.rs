//! The scenario language: text in, a checked script or positioned diagnostics out.
//!
//! | room | what it owns |
//! |---|---|
//! | [`span`] | places in the source, lines and columns |
//! | [`diagnostic`] | mistakes with their position, and their plain-text picture |
//! | [`lexer`] | tokens, literals, and the classes an editor colours |
//! | [`ast`] | the shape of a script |
//! | [`parser`] | tokens to [`ast`], going on after a mistake |
//! | [`vocabulary`] | every name the language knows, with a sentence of documentation each |
//! | [`suggest`] | "did you mean" |
//! | [`arith`] | the checked 128-bit arithmetic of expressions |
//! | [`validate`] | what can be told wrong without running anything |
//! | [`fmt`] | the canonical form |
//! | [`library`] | the lessons that ship with the app |
//! | [`run`] | scripts that run: programs, expectations, `check` |
//! | [`export`] | scenarios as programs for real systems |
//! | [`import`] | scenarios from other programs' problems and traces |
//! | [`narrate`] | the story of one step: sub-steps and their sentences |
//!
//! What it does not own: any rule of memory. What a call *does* is the model's (`vmcore`).

pub mod arith;
pub mod ast;
pub mod diagnostic;
pub mod export;
pub mod fmt;
pub mod import;
pub mod lexer;
pub mod library;
pub mod narrate;
pub mod parser;
pub mod run;
pub mod span;
pub mod suggest;
pub mod validate;
pub mod vocabulary;

pub use ast::Script;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use parser::{MAX_SOURCE_BYTES, Parsed, parse, parse_bytes};
pub use run::{check, load_program};
pub use span::{LineIndex, Position, Span};

/// Parses and validates `source`: the script if nothing is wrong with it as text, and everything
/// that is to be said about it (warnings may come with a script).
pub fn load(source: &str) -> (Option<Script>, Diagnostics) {
    let parsed = parse(source);
    let broken = parsed.diagnostics.has_errors();
    let mut diagnostics = parsed.diagnostics;
    validate::validate(&parsed.script, broken, &mut diagnostics);
    diagnostics.finish();
    let script = (!diagnostics.has_errors()).then_some(parsed.script);
    (script, diagnostics)
}
