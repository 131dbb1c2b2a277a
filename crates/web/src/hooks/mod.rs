//! The browser: what is listened to, and how effects are carried out. The only room that touches the document.
//!
//! | room | what it owns |
//! |---|---|
//! | [`listen`] | keys, the address, the width of the window |
//! | [`browser`] | effects: storage, address, clipboard, focus, full screen |
//! | [`panic`] | a mistake of ours: told in a box, with the script to be copied out |

pub mod browser;
pub mod listen;
pub mod panic;
