//! The picture: where things are and what moves.
//!
//! | room | what it owns |
//! |---|---|
//! | [`geometry`] | from a scene to a list of marks in SVG units, never measured from the page |
//! | [`path`] | lengths and paths as text |
//! | [`choreography`] | from events to motions |

pub(crate) mod choreography;
pub(crate) mod geometry;
pub(crate) mod path;

#[cfg(test)]
pub(crate) mod moments;
