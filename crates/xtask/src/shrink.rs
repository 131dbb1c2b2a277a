//! What Trunk and wasm-opt leave too large on the way to the reader, though nothing of it is ever seen.
//!
//! - [`wasm`]: reading and writing a module's sections;
//! - [`order`]: functions that are alike, side by side;
//! - [`imports`]: short names between the glue and the wasm;
//! - [`style`]: one stylesheet in place of one a component;
//! - [`text`]: no comments and no indentation in script, style and page.
//!
//! Everything here works on bytes and text alone; which file is which, [`crate::bundle`] knows.

pub(crate) mod imports;
pub(crate) mod order;
pub(crate) mod style;
pub(crate) mod text;
mod wasm;
