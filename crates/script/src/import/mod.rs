//! Scenarios from elsewhere: other programs' problems and traces.
//!
//! | room | what it owns |
//! |---|---|
//! | [`ostep`] | the problems of the book "Operating Systems: Three Easy Pieces" |
//!
//! What comes out is the text of a scenario in canonical form. What comes in is other people's: it is read in bounded
//! memory and time, and what is wrong with it is told.

pub mod ostep;

/// The text in canonical form. It is made here, so that it can be read is certain.
fn canonical(text: &str) -> String {
    let parsed = crate::parse(text);
    debug_assert!(!parsed.diagnostics.has_errors(), "{}\n{text}", parsed.diagnostics.render(text, "import"));
    crate::fmt::format_script(&parsed.script)
}
