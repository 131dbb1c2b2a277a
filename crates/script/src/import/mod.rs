//! Scenarios from elsewhere: other programs' problems and traces.
//!
//! | room | what it owns |
//! |---|---|
//! | `lines` | reading other programs' output, line by line |
//! | [`refs`] | reference strings |
//! | [`lackey`] | traces of valgrind's lackey |
//! | [`maps`] | `/proc/PID/maps` |
//! | [`strace`] | traces of strace |
//! | [`ostep`] | the problems of the book "Operating Systems: Three Easy Pieces" |
//!
//! What comes out is the text of a scenario in canonical form. What comes in is other people's: it is read in bounded
//! memory and time, and what is wrong with it is told.

pub mod lackey;
mod lines;
pub mod maps;
pub mod ostep;
pub mod refs;
pub mod strace;

pub use lines::ImportError;

/// What the text of an imported scenario may have, so that it can be read again.
const MAX_TEXT_BYTES: usize = crate::MAX_SOURCE_BYTES * 3 / 4;

/// A scenario from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Its text, in canonical form.
    pub text: String,
    /// What of the input is not in it, if anything.
    pub left_out: Option<String>,
}

/// The text in canonical form. It is made here, so that it can be read is certain.
fn canonical(text: &str) -> String {
    let parsed = crate::parse(text);
    debug_assert!(!parsed.diagnostics.has_errors(), "{}\n{text}", parsed.diagnostics.render(text, "import"));
    crate::fmt::format_script(&parsed.script)
}
