//! How effects are carried out. Everything here may fail (storage in a private window, a sandboxed frame, a policy of
//! the host page), and then nothing happens; what matters is told by who asked.

use crate::store::effect::Entry;
use crate::url::{Theme, View};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::{Document, Element, HtmlElement, HtmlTextAreaElement, Storage};

/// Before every key of ours in the storage; the number is the version of what stands there.
const PREFIX: &str = "pagelab/1/draft/";

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// An edited text.
pub fn find_draft(key: &str) -> Option<String> {
    storage()?.get_item(&format!("{PREFIX}{key}")).ok()?
}

/// Keeps an edited text, or forgets it.
pub fn keep_draft(key: &str, text: Option<&str>) {
    let Some(storage) = storage() else { return };
    let key = format!("{PREFIX}{key}");
    // Where it cannot be kept there is nobody to complain to: the text is still in the editor.
    let _ = match text {
        Some(text) => storage.set_item(&key, text),
        None => storage.remove_item(&key),
    };
}

/// Writes the address, keeping its query.
pub fn write_address(fragment: &str, entry: Entry) -> Option<()> {
    let window = web_sys::window()?;
    let (history, location) = (window.history().ok()?, window.location());
    let path = format!("{}{}", location.pathname().ok()?, location.search().ok()?);
    let url = if fragment.is_empty() { path } else { format!("{path}#{fragment}") };
    if location.hash().ok()?.trim_start_matches('#') == fragment {
        return Some(());
    }
    match entry {
        Entry::Replace => history.replace_state_with_url(&JsValue::NULL, "", Some(&url)).ok(),
        Entry::Push => history.push_state_with_url(&JsValue::NULL, "", Some(&url)).ok(),
    }
}

/// The whole address with another fragment.
pub fn address_with(fragment: &str) -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let bare = href.split('#').next().unwrap_or_default();
    format!("{bare}#{fragment}")
}

/// Puts a text on the clipboard; whether it could.
pub async fn copy(text: String) -> bool {
    let Some(window) = web_sys::window() else { return false };
    // `navigator.clipboard` is missing where the page is not served securely.
    let clipboard = js_sys::Reflect::get(&window.navigator(), &JsValue::from_str("clipboard"));
    let Ok(Ok(clipboard)) = clipboard.map(JsCast::dyn_into::<web_sys::Clipboard>) else { return false };
    wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&text)).await.is_ok()
}

/// Enters full screen, or leaves it.
pub fn full_screen() -> Option<()> {
    let document = document()?;
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
        Some(())
    } else {
        document.document_element()?.request_fullscreen().ok()
    }
}

/// Presses a button.
pub fn press(id: &str) -> Option<()> {
    by_id(id)?.dyn_into::<HtmlElement>().ok()?.click();
    Some(())
}

/// Gives the focus.
pub fn focus(id: &str) -> Option<()> {
    by_id(id)?.dyn_into::<HtmlElement>().ok()?.focus().ok()
}

fn by_id(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Selects a stretch of the editor's text and brings it into sight; counted as JavaScript counts, in UTF-16.
pub fn select(start: u32, end: u32) -> Option<()> {
    let area: HtmlTextAreaElement = by_id("editor-text")?.dyn_into().ok()?;
    area.focus().ok()?;
    area.set_selection_range(start, end).ok()?;
    let lines = area.value().encode_utf16().take(start as usize).filter(|&unit| unit == u16::from(b'\n')).count();
    let sheet = area.closest(".editor-sheet").ok()??;
    let all = area.value().lines().count().max(1);
    let line = f64::from(area.scroll_height()) / all as f64;
    sheet.set_scroll_top((line * (lines as f64 - 3.0)).max(0.0) as i32);
    Some(())
}

/// Brings what is current in each panel into sight, without moving the page: in an embed the host's page must stay
/// where it is. A panel without anything current is shown from its top.
pub fn reveal_current() -> Option<()> {
    let panels = document()?.query_selector_all("[data-scrolls]").ok()?;
    for index in 0..panels.length() {
        if let Some(panel) = panels.item(index).and_then(|panel| panel.dyn_into::<Element>().ok()) {
            match panel.query_selector(".is-now") {
                Ok(Some(current)) => reveal(&panel, &current),
                _ => panel.set_scroll_top(0),
            }
        }
    }
    Some(())
}

fn reveal(panel: &Element, current: &Element) {
    let (inner, outer) = (current.get_bounding_client_rect(), panel.get_bounding_client_rect());
    if inner.top() < outer.top() || inner.bottom() > outer.bottom() {
        let wanted = inner.top() - outer.top() - (outer.height() - inner.height()) / 2.0;
        panel.set_scroll_top(panel.scroll_top() + wanted as i32);
    }
}

/// Scrolls the page to what is lit in the picture and to its caption, into the room above the time bar; as much of it
/// as there is room for, the caption first.
pub fn reveal_lit() -> Option<()> {
    let document = document()?;
    let room = document.query_selector(".study-time").ok()??.get_bounding_client_rect().top();
    let lit = document.query_selector_all(".stage-drawing .stage-lit, .stage-caption").ok()?;
    let (mut top, mut bottom) = (f64::MAX, f64::MIN);
    // The caption is drawn last.
    for index in (0..lit.length()).rev() {
        let rect = lit.item(index)?.dyn_into::<Element>().ok()?.get_bounding_client_rect();
        let (higher, lower) = (top.min(rect.top()), bottom.max(rect.bottom()));
        if lower - higher <= room || top > bottom {
            (top, bottom) = (higher, lower);
        }
    }
    if top <= bottom && (top < 0.0 || bottom > room) {
        web_sys::window()?.scroll_by_with_x_and_y(0.0, (top + bottom - room) / 2.0);
    }
    Some(())
}

/// Wears a theme and an arrangement: the stylesheets see them on the root.
pub fn wear(theme: Theme, view: View) -> Option<()> {
    let root = document()?.document_element()?;
    let _ = match theme {
        Theme::Auto => root.remove_attribute("data-theme"),
        _ => root.set_attribute("data-theme", theme.name()),
    };
    root.set_attribute("data-view", view.name()).ok()
}

/// Names the page.
pub fn name_page(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Does it after the next drawing.
pub fn later(what: impl FnOnce() + 'static) {
    gloo::timers::callback::Timeout::new(0, what).forget();
}

/// Writes to the console.
pub fn log(text: &str) {
    gloo::console::warn!(text);
}

/// Milliseconds since the page began.
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}
