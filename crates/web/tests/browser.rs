//! What only a browser can tell: storage, the address, the focus, the panic box, the app mounted in a page.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web::hooks::{browser, listen, panic};
use web::store::effect::Entry;
use web_sys::{
    Document, Element, Event, EventInit, HtmlElement, HtmlTextAreaElement, KeyboardEvent, KeyboardEventInit,
};

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a page")
}

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).expect("a good selector")
}

/// Lets the browser draw until something is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        gloo::timers::future::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

/// Mounts the app at an address, in a place of its own.
fn mount(fragment: &str) -> yew::AppHandle<web::app::App> {
    web_sys::window().expect("a window").location().set_hash(fragment).expect("an address");
    if let Some(old) = document().get_element_by_id("app") {
        old.remove();
    }
    let place = document().create_element("div").expect("an element");
    place.set_id("app");
    document().body().expect("a body").append_child(&place).expect("a place");
    yew::Renderer::<web::app::App>::with_root(place).render()
}

fn press(key: &str, at: &Element) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).expect("an event");
    at.dispatch_event(&event).expect("heard");
}

fn shown_step() -> String {
    find("#timeline").and_then(|slider| slider.get_attribute("aria-valuetext")).unwrap_or_default()
}

#[wasm_bindgen_test]
fn a_draft_is_kept_and_forgotten() {
    browser::keep_draft("test/a", Some("A: p[0] # ä"));
    assert_eq!(browser::find_draft("test/a").as_deref(), Some("A: p[0] # ä"));
    browser::keep_draft("test/a", None);
    assert_eq!(browser::find_draft("test/a"), None);
}

#[wasm_bindgen_test]
fn an_address_is_written_and_read() {
    browser::write_address("lesson=L03&step=2.1", Entry::Replace);
    assert_eq!(listen::location().1, "#lesson=L03&step=2.1");
    assert!(browser::address_with("step=4").ends_with("#step=4"));
}

#[wasm_bindgen_test]
async fn the_app_comes_up_steps_and_goes_where_the_address_says() {
    let app = mount("lesson=L02&draft=0");
    until("the first lesson", || shown_step().starts_with("step 0 of 5")).await;
    press("PageDown", &document().body().expect("a body"));
    until("the first step", || shown_step().starts_with("step 1 of 5")).await;
    web_sys::window().expect("a window").location().set_hash("lesson=L02&step=3.2").expect("an address");
    until("a part", || shown_step().starts_with("step 3 of 5, part 2")).await;
    app.destroy();
}

#[wasm_bindgen_test]
async fn keys_are_left_alone_where_text_is_typed() {
    let app = mount("lesson=L02&draft=0");
    until("the app", || find("#tab-edit").is_some()).await;
    find("#tab-edit").expect("a tab").unchecked_into::<HtmlElement>().click();
    until("the editor", || find("#editor-text").is_some()).await;
    let area = find("#editor-text").expect("an editor");
    press("PageDown", &area);
    press("p", &area);
    gloo::timers::future::sleep(std::time::Duration::from_millis(50)).await;
    assert!(shown_step().starts_with("step 0 of 5"), "{}", shown_step());
    app.destroy();
}

#[wasm_bindgen_test]
async fn an_edited_text_survives_the_app() {
    browser::keep_draft("lesson/L03", None);
    let app = mount("lesson=L03");
    until("the app", || find("#tab-edit").is_some()).await;
    find("#tab-edit").expect("a tab").unchecked_into::<HtmlElement>().click();
    until("the editor", || find("#editor-text").is_some()).await;
    let area: HtmlTextAreaElement = find("#editor-text").expect("an editor").unchecked_into();
    area.set_value("A: broken(");
    let init = EventInit::new();
    init.set_bubbles(true);
    area.dispatch_event(&Event::new_with_event_init_dict("input", &init).expect("an event")).expect("heard");
    until("the mistakes", || find(".editor-mistake").is_some()).await;
    app.destroy();

    let app = mount("lesson=L03");
    until("the draft", || find(".notice-text").is_some()).await;
    until("the editor", || find("#editor-text").is_some()).await;
    let area: HtmlTextAreaElement = find("#editor-text").expect("an editor").unchecked_into();
    assert_eq!(area.value(), "A: broken(");
    browser::keep_draft("lesson/L03", None);
    app.destroy();
}

#[wasm_bindgen_test]
fn a_panic_is_told_with_the_script() {
    panic::show("index out of bounds", "A: p[0]");
    panic::show("a second one", "");
    let boxed = find("#panic").expect("a box");
    assert_eq!(boxed.get_attribute("role").as_deref(), Some("alertdialog"));
    assert!(boxed.text_content().unwrap_or_default().contains("index out of bounds"));
    let area: HtmlTextAreaElement = find("#panic textarea").expect("the script").unchecked_into();
    assert_eq!(area.value(), "A: p[0]");
    boxed.remove();
}
