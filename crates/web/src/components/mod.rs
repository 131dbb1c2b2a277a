//! The parts of the screen, one file each, its stylesheet `static/css/<same name>.css`. Each is a function of props
//! and keeps no state; what happens in it is told by one [`Callback`](yew::Callback) of messages.

pub mod badge;
pub mod caption;
pub mod editor;
pub mod help;
pub mod icon;
pub mod log;
pub mod machine;
pub mod notice;
pub mod program;
pub mod question;
pub mod stage;
pub mod timeline;
pub mod toolbar;
pub mod transport;

use crate::store::Msg;
use yew::Callback;

/// A callback that sends a message, or nothing.
fn perhaps<E: 'static>(send: &Callback<Msg>, msg: impl Fn(E) -> Option<Msg> + 'static) -> Callback<E> {
    let send = send.clone();
    Callback::from(move |event| msg(event).into_iter().for_each(|msg| send.emit(msg)))
}
