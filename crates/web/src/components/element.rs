//! Elements of the page, made one call at a time: `el("p").class("note").child("text")`.
//!
//! Yew's `html!` writes out at every place all that an element consists of, and the app draws some two hundred kinds
//! of them. Here it is done once, in functions that are called, and the download is smaller by 15 kB gzipped. What an
//! element is, and how it changes, stays Yew's.
//!
//! Each [`child`](Element::child) and each [`children`](Element::children) keeps one place among its siblings, whether
//! it is one element, many or none, so that those after it stay the elements that they were.

use crate::stage::path::px;
use std::rc::Rc;
use web_sys::Event;
use yew::virtual_dom::{AttrValue, Key, Listener, ListenerKind, VList, VTag, VText};
use yew::{Callback, Html};

/// An element being made. It is boxed to be handed from call to call as one pointer.
#[must_use]
pub struct Element(Box<Parts>);

struct Parts {
    tag: VTag,
    /// Class names with spaces between them.
    class: String,
    children: Vec<Html>,
}

/// An element with this name: `div`, or `rect` within an `svg`.
#[inline(never)]
pub fn el(name: &'static str) -> Element {
    Element(Box::new(Parts { tag: VTag::new(name), class: String::new(), children: Vec::new() }))
}

/// A button that sends nothing by itself.
pub fn button(class: &'static str) -> Element {
    el("button").attr("type", "button").class(class)
}

impl Element {
    /// Adds class names; none if there are none.
    #[inline(never)]
    pub fn class(mut self, names: &str) -> Self {
        let class = &mut self.0.class;
        if !class.is_empty() && !names.is_empty() {
            class.push(' ');
        }
        class.push_str(names);
        self
    }

    /// Adds class names where something holds.
    pub fn class_if(self, holds: bool, names: &'static str) -> Self {
        if holds { self.class(names) } else { self }
    }

    /// Sets an attribute. `None` leaves it out.
    pub fn attr(self, name: &'static str, value: impl Value) -> Self {
        value.set(self, name)
    }

    /// Sets an attribute that holds by being there, such as `disabled`.
    pub fn flag(self, name: &'static str, holds: bool) -> Self {
        if holds { self.attr(name, name) } else { self }
    }

    /// Sets what an `input` or a `textarea` holds, over what was typed.
    #[inline(never)]
    pub fn value(mut self, value: String) -> Self {
        self.0.tag.set_value(Some(AttrValue::from(value)));
        self
    }

    /// Checks a radio button, or not.
    pub fn checked(mut self, checked: bool) -> Self {
        self.0.tag.set_checked(checked);
        self
    }

    /// Names the element among its siblings, so that it stays the same when they change.
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.0.tag.key = Some(key.into());
        self
    }

    /// Calls back at a click.
    pub fn on_click(self, then: Callback<Event>) -> Self {
        self.on(Happens::Click, then)
    }

    /// Calls back when a field was changed and left.
    pub fn on_change(self, then: Callback<Event>) -> Self {
        self.on(Happens::Change, then)
    }

    /// Calls back at every change of a field.
    pub fn on_input(self, then: Callback<Event>) -> Self {
        self.on(Happens::Input, then)
    }

    /// Calls back when a key is pressed.
    pub fn on_keydown(self, then: Callback<Event>) -> Self {
        self.on(Happens::Keydown, then)
    }

    /// Calls back when the element gets the focus.
    pub fn on_focus(self, then: Callback<Event>) -> Self {
        self.on(Happens::Focus, then)
    }

    #[inline(never)]
    fn on(mut self, happens: Happens, then: Callback<Event>) -> Self {
        self.0.tag.add_listener(Rc::new(On { happens, then }));
        self
    }

    /// Puts something into the element: an element, a text, several, or perhaps none.
    pub fn child(self, child: impl Child) -> Self {
        self.put(child.html())
    }

    /// Puts a list of elements into the element.
    pub fn children(self, children: impl IntoIterator<Item = Element>) -> Self {
        self.put(list(children))
    }

    #[inline(never)]
    fn put(mut self, child: Html) -> Self {
        self.0.children.push(child);
        self
    }

    #[inline(never)]
    fn set(mut self, name: &'static str, value: AttrValue) -> Self {
        self.0.tag.add_attribute(name, value);
        self
    }

    #[inline(never)]
    fn set_static(self, name: &'static str, value: &'static str) -> Self {
        self.set(name, AttrValue::Static(value))
    }

    #[inline(never)]
    fn set_text(self, name: &'static str, value: String) -> Self {
        self.set(name, value.into())
    }

    #[inline(never)]
    fn finish(mut self) -> Html {
        if !self.0.class.is_empty() {
            let class = std::mem::take(&mut self.0.class);
            self = self.set_text("class", class);
        }
        let Parts { mut tag, mut children, .. } = *self.0;
        if let Some(inside) = tag.children_mut() {
            // An only child needs no list around it.
            *inside = match children.len() {
                0 => return tag.into(),
                1 => children.remove(0),
                _ => VList::with_children(children, None).into(),
            };
        }
        tag.into()
    }
}

impl From<Element> for Html {
    fn from(element: Element) -> Self {
        element.finish()
    }
}

/// What is listened for.
#[derive(Clone, Copy)]
enum Happens {
    Click,
    Change,
    Input,
    Keydown,
    Focus,
}

/// What is to be done when something happens to an element.
struct On {
    happens: Happens,
    then: Callback<Event>,
}

impl Listener for On {
    fn kind(&self) -> ListenerKind {
        match self.happens {
            Happens::Click => ListenerKind::onclick,
            Happens::Change => ListenerKind::onchange,
            Happens::Input => ListenerKind::oninput,
            Happens::Keydown => ListenerKind::onkeydown,
            Happens::Focus => ListenerKind::onfocus,
        }
    }

    fn handle(&self, event: Event) {
        self.then.emit(event);
    }

    fn passive(&self) -> bool {
        false
    }
}

/// What an attribute can be set to.
pub trait Value {
    /// Sets it.
    fn set(self, element: Element, name: &'static str) -> Element;
}

impl Value for &'static str {
    fn set(self, element: Element, name: &'static str) -> Element {
        element.set_static(name, self)
    }
}

impl Value for String {
    fn set(self, element: Element, name: &'static str) -> Element {
        element.set_text(name, self)
    }
}

impl Value for &String {
    fn set(self, element: Element, name: &'static str) -> Element {
        element.set_text(name, self.clone())
    }
}

/// A length in SVG units.
impl Value for f64 {
    #[inline(never)]
    fn set(self, element: Element, name: &'static str) -> Element {
        element.set_text(name, px(self))
    }
}

/// The word for it, as `aria-` attributes have it.
impl Value for bool {
    fn set(self, element: Element, name: &'static str) -> Element {
        element.set_static(name, if self { "true" } else { "false" })
    }
}

impl<V: Value> Value for Option<V> {
    fn set(self, element: Element, name: &'static str) -> Element {
        match self {
            Some(value) => value.set(element, name),
            None => element,
        }
    }
}

/// What can be put into an element.
pub trait Child {
    /// As Yew has it.
    fn html(self) -> Html;
}

impl Child for Html {
    fn html(self) -> Html {
        self
    }
}

impl Child for Element {
    fn html(self) -> Html {
        self.finish()
    }
}

impl Child for &'static str {
    #[inline(never)]
    fn html(self) -> Html {
        VText::new(self).into()
    }
}

impl Child for String {
    #[inline(never)]
    fn html(self) -> Html {
        VText::new(self).into()
    }
}

impl Child for &String {
    #[inline(never)]
    fn html(self) -> Html {
        self.clone().html()
    }
}

impl Child for &Rc<str> {
    #[inline(never)]
    fn html(self) -> Html {
        VText::new(Rc::clone(self)).into()
    }
}

impl<C: Child> Child for Option<C> {
    fn html(self) -> Html {
        self.map_or_else(Html::default, Child::html)
    }
}

impl<const N: usize> Child for [Element; N] {
    fn html(self) -> Html {
        list(self)
    }
}

/// Elements side by side, without one around them.
pub fn list(elements: impl IntoIterator<Item = Element>) -> Html {
    let mut list = VList::new();
    elements.into_iter().for_each(|element| add(&mut list, element));
    list.into()
}

#[inline(never)]
fn add(list: &mut VList, element: Element) {
    list.add_child(element.finish());
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use yew::prelude::*;

    #[derive(Properties, PartialEq)]
    struct Props {
        page: Html,
    }

    #[component]
    fn Page(props: &Props) -> Html {
        props.page.clone()
    }

    async fn render(element: Element) -> String {
        let page = element.into();
        yew::LocalServerRenderer::<Page>::with_props(Props { page }).hydratable(false).render().await
    }

    #[tokio::test(flavor = "current_thread")]
    async fn an_element_is_what_was_called() {
        let element = el("p").class("a").class_if(true, "b").class_if(false, "c").class("").attr("x", 1.25);
        let element = element.attr("title", "<&>".to_owned()).attr("lang", None::<&str>).flag("hidden", true);
        assert_eq!(
            render(element.attr("aria-busy", false).child("1 < 2")).await,
            r#"<p x="1.3" title="&lt;&amp;&gt;" hidden="hidden" aria-busy="false" class="a b">1 &lt; 2</p>"#
        );
    }

    #[tokio::test(flavor = "current_thread")]
    async fn fields_hold_values() {
        assert_eq!(
            render(el("input").attr("type", "text").value("7".to_owned())).await,
            r#"<input value="7" type="text">"#
        );
        assert_eq!(render(el("textarea").value("a\nb".to_owned())).await, "<textarea>a\nb</textarea>");
        assert_eq!(render(el("input").checked(true)).await, "<input checked>");
    }

    #[test]
    fn nothing_keeps_its_place() {
        let shown = |note: Option<Element>| -> Html { el("div").child(note).child(el("p")).into() };
        let places = |html: Html| match html {
            Html::VTag(tag) => match tag.children() {
                Some(Html::VList(list)) => list.len(),
                _ => 1,
            },
            _ => 0,
        };
        assert_eq!(places(shown(None)), 2);
        assert_eq!(places(shown(Some(el("b")))), 2);
        assert_eq!(places(el("div").children([el("b"), el("i")]).into()), 2);
    }

    #[test]
    fn what_is_made_twice_is_the_same() {
        let made =
            |x: f64| -> Html { el("rect").class("a").key("k").attr("x", x).child(el("title").child("t")).into() };
        assert!(made(1.0) == made(1.0));
        assert!(made(1.0) != made(2.0));
    }
}
