//! What the app listens to: keys, the address, the width of the window. Dropping a listener ends it.

use crate::store::Msg;
use crate::store::keys::{Place, Press, meaning};
use crate::store::model::Width;
use crate::url::View;
use gloo::events::{EventListener, EventListenerOptions};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent, MediaQueryList, Window};
use yew::Callback;

/// What counts as narrow; the stylesheets of the shells say the same.
const NARROW: &str = "(max-width: 40rem)";
const TINY: &str = "(max-width: 30rem)";

/// Which view is shown; keys depend on it.
pub type CurrentView = Rc<Cell<View>>;

/// Listens as long as the result lives.
pub fn all(send: &Callback<Msg>, view: &CurrentView) -> Vec<EventListener> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    let mut listeners = vec![keys(&window, send.clone(), Rc::clone(view)), address(&window, send.clone())];
    listeners.extend(widths(&window, send));
    listeners
}

/// Where the page is: its query and fragment.
pub fn location() -> (String, String) {
    let location = web_sys::window().map(|window| window.location());
    let query = location.as_ref().and_then(|location| location.search().ok());
    let fragment = location.as_ref().and_then(|location| location.hash().ok());
    (query.unwrap_or_default(), fragment.unwrap_or_default())
}

fn address(window: &Window, send: Callback<Msg>) -> EventListener {
    EventListener::new(window, "hashchange", move |_| {
        let (query, fragment) = location();
        send.emit(Msg::Address(query, fragment));
    })
}

fn keys(window: &Window, send: Callback<Msg>, view: CurrentView) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(window, "keydown", options, move |event| {
        let Some(pressed) = event.dyn_ref::<KeyboardEvent>() else { return };
        // Whatever has the focus comes first, and so does writing with an input method.
        if event.default_prevented() || pressed.is_composing() {
            return;
        }
        let key = pressed.key();
        let press = Press {
            key: &key,
            shift: pressed.shift_key(),
            command: pressed.ctrl_key() || pressed.meta_key(),
            alt: pressed.alt_key(),
        };
        if let Some(msg) = meaning(press, place(event), view.get()) {
            // Escape also is the browser's: it leaves full screen.
            if key != "Escape" {
                event.prevent_default();
            }
            send.emit(msg);
        }
    })
}

/// Whether a menu or the help is open. A browser that does not know of such things has none.
fn is_open() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| matches!(document.query_selector(":popover-open"), Ok(Some(_))))
}

fn place(event: &Event) -> Place {
    if is_open() {
        return Place::Dialog;
    }
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let Some(target) = target else { return Place::Page };
    let within = |selector: &str| target.closest(selector).ok().flatten().is_some();
    if within("textarea, [contenteditable]") {
        return Place::Text;
    }
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return match input.type_().as_str() {
            "range" => Place::TimeBar,
            "radio" | "checkbox" => Place::List,
            _ => Place::Text,
        };
    }
    if within("dialog") {
        Place::Dialog
    } else if within("select") {
        Place::List
    } else if within("button, a[href], summary") {
        Place::Button
    } else {
        Place::Page
    }
}

fn widths(window: &Window, send: &Callback<Msg>) -> Vec<EventListener> {
    let query = |limit: &str| window.match_media(limit).ok().flatten();
    let (Some(narrow), Some(tiny)) = (query(NARROW), query(TINY)) else { return Vec::new() };
    let listener = |target: &MediaQueryList| {
        let (narrow, tiny, send) = (narrow.clone(), tiny.clone(), send.clone());
        EventListener::new(target, "change", move |_| send.emit(Msg::Width(width(&narrow, &tiny))))
    };
    send.emit(Msg::Width(width(&narrow, &tiny)));
    vec![listener(&narrow), listener(&tiny)]
}

fn width(narrow: &MediaQueryList, tiny: &MediaQueryList) -> Width {
    match (narrow.matches(), tiny.matches()) {
        (_, true) => Width::Tiny,
        (true, false) => Width::Narrow,
        (false, false) => Width::Wide,
    }
}
