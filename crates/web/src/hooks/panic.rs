//! A mistake of ours: told in a box, with the script to be copied out. The box is made without the app, which may be
//! the very thing that broke.

use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{Document, Element};

thread_local! {
    /// The text of the editor, as last seen.
    static TEXT: RefCell<Rc<str>> = RefCell::new(Rc::from(""));
}

/// Remembers the text for the worst case.
pub fn remember(text: &Rc<str>) {
    TEXT.with_borrow_mut(|kept| {
        if !Rc::ptr_eq(kept, text) {
            *kept = Rc::clone(text);
        }
    });
}

/// Tells a panic, on the console and on the screen.
pub fn tell(info: &std::panic::PanicHookInfo<'_>) {
    console_error_panic_hook::hook(info);
    let text = TEXT.try_with(|text| text.try_borrow().map(|text| text.to_string()));
    show(&info.to_string(), &text.ok().and_then(Result::ok).unwrap_or_default());
}

/// Shows the box, once.
pub fn show(message: &str, text: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    if document.get_element_by_id("panic").is_some() {
        return Some(());
    }
    let parent = document.body()?;
    let panel = element(&document, "section", "panic", "")?;
    panel.set_id("panic");
    panel.set_attribute("role", "alertdialog").ok()?;
    panel.set_attribute("aria-label", "Pagelab has stopped").ok()?;
    let area = element(&document, "textarea", "panic-text", text)?;
    area.set_attribute("readonly", "").ok()?;
    area.set_attribute("aria-label", "Your script").ok()?;
    let again = element(&document, "a", "panic-again", "Start again")?;
    again.set_attribute("href", "").ok()?;
    let fresh = element(&document, "a", "panic-again", "Start with the first lesson")?;
    fresh.set_attribute("href", "?draft=0").ok()?;
    let parts = [
        element(&document, "h2", "panic-title", "Pagelab has stopped")?,
        element(
            &document,
            "p",
            "panic-words",
            "This is a mistake in Pagelab, not in your script. Your script is here; copy it if you want to keep it.",
        )?,
        area,
        element(&document, "pre", "panic-message", message)?,
        again,
        fresh,
    ];
    for part in &parts {
        panel.append_child(part).ok()?;
    }
    parent.append_child(&panel).ok()?;
    Some(())
}

fn element(document: &Document, tag: &str, class: &str, text: &str) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    element.set_class_name(class);
    element.set_text_content(Some(text));
    Some(element)
}
