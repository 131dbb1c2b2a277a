//! The parts of the screen, one file each, its stylesheet `static/css/<same name>.css`. Each is a function of props
//! and keeps no state; what happens in it is told by one [`Callback`](yew::Callback) of messages.

pub mod badge;
pub mod caption;
pub mod editor;
pub mod element;
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
use web_sys::{Event, HtmlInputElement};
use yew::{Callback, TargetCast};

/// Sends a message, whatever happens.
pub fn sends(send: &Callback<Msg>, msg: Msg) -> Callback<Event> {
    let send = send.clone();
    Callback::from(move |_| send.emit(msg.clone()))
}

/// Sends a message made of what a field holds, or none.
fn sends_value(send: &Callback<Msg>, msg: impl Fn(String) -> Option<Msg> + 'static) -> Callback<Event> {
    let send = send.clone();
    Callback::from(move |event: Event| {
        if let Some(msg) = msg(value(&event)) {
            send.emit(msg);
        }
    })
}

/// What the field holds to which it happened. Areas of text and choices have the property, too; only the binding's
/// type differs.
fn value(event: &Event) -> String {
    let field: HtmlInputElement = event.target_unchecked_into();
    field.value()
}
