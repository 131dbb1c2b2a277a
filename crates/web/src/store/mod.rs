//! What the app knows and how it changes: model, messages, and the pure `update`. No Yew, no browser.
//!
//! | room | what it owns |
//! |---|---|
//! | [`model`] | everything the app knows |
//! | [`msg`] | everything that can happen to it |
//! | [`effect`] | everything it asks of the browser |
//! | [`update`] | what a message changes; hands over to the rooms below |
//! | `open` | addresses, lessons, drafts: how a text comes on the screen |
//! | `editing` | the text, its mistakes, its runs, and the machine it runs on |
//! | `moves` | going through a run, playing it |
//! | [`session`] | one run of one text: the only place that knows how scripts are compiled and run |
//! | [`insert`] | a line put into a text behind a step |
//! | [`position`] | places in a run |
//! | [`keys`] | what a key means where |

mod editing;
pub mod effect;
pub mod insert;
pub mod keys;
pub mod model;
mod moves;
pub mod msg;
mod open;
pub mod position;
pub mod session;
pub mod update;

pub use effect::{Effect, Effects};
pub use model::Model;
pub use msg::Msg;
pub use update::update;
