//! The bar at the top: which lesson, which machine, and how it is looked at.

use super::element::{Element, button, el};
use super::help::{help, help_button};
use super::icon::{Icon, icon};
use super::machine::machine;
use super::sends;
use crate::present::machine::MachineView;
use crate::store::Msg;
use crate::store::effect::Copied;
use crate::store::model::{Model, Origin};
use crate::url::{Theme, View};
use script::library::{LESSONS, Lesson};
use yew::Callback;

/// The bar.
pub fn toolbar(model: &Model, machine: &MachineView, send: &Callback<Msg>) -> Element {
    let share = button("button").attr("id", "share").attr("title", "Copy the address of this moment");
    let present = button("button").attr("id", "present").attr("title", "Large type and captions, for a hall");
    el("header")
        .class("toolbar")
        .child(el("h1").class("toolbar-name").child("Pagelab"))
        .child(lessons(model, send))
        .child(machines(machine, send))
        .child(el("span").class("toolbar-space"))
        .child(share.on_click(sends(send, Msg::Copy(Copied::Link))).child("Share"))
        .child(present.on_click(sends(send, Msg::View(View::Lecture))).child("Present"))
        .child(themes(model.ui.theme, send))
        .child(help_button())
        .child(help())
}

/// A button that opens a menu, and the menu.
fn opening(id: &'static str, menu: &'static str, class: &'static str) -> Element {
    button(class).attr("id", id).attr("popovertarget", menu)
}

fn list(id: &'static str, class: &'static str) -> Element {
    el("div").attr("id", id).class("toolbar-list").class(class).attr("popover", "auto")
}

/// One of several things to choose in a menu, which closes then.
fn item(menu: &'static str, current: bool, send: &Callback<Msg>, msg: Msg) -> Element {
    button("toolbar-item")
        .attr("aria-current", current.then_some("true"))
        .attr("popovertarget", menu)
        .attr("popovertargetaction", "hide")
        .on_click(sends(send, msg))
}

fn lessons(model: &Model, send: &Callback<Msg>) -> [Element; 2] {
    const MENU: &str = "lesson-menu";
    let chosen = match model.origin {
        Origin::Lesson(lesson) => Some(lesson.id),
        Origin::Own => None,
    };
    let title = model.session.as_ref().map_or("A script", |session| session.title());
    let lesson = |lesson: &Lesson| {
        let item = item(MENU, chosen == Some(lesson.id), send, Msg::Lesson(lesson.id));
        el("li").key(lesson.id).child(item.child(id(lesson.id)).child(lesson.title))
    };
    let open = opening("lesson-button", MENU, "toolbar-menu toolbar-lesson")
        .attr("aria-label", format!("Lesson: {title}"))
        .child(chosen.map(id))
        .child(el("span").class("toolbar-title").child(title.to_owned()))
        .child(icon(Icon::Down));
    [open, list(MENU, "toolbar-lessons").child(el("ul").children(LESSONS.iter().map(lesson)))]
}

/// A lesson's short name.
fn id(id: &'static str) -> Element {
    el("span").class("toolbar-id").child(id)
}

fn machines(view: &MachineView, send: &Callback<Msg>) -> [Element; 2] {
    const MENU: &str = "machine-menu";
    let open = opening("machine-button", MENU, "toolbar-menu toolbar-machine")
        .attr("aria-label", format!("Machine: {}", view.name))
        .attr("title", &view.summary)
        .child(el("span").class("toolbar-title").child(&view.name))
        .child(icon(Icon::Down));
    [open, list(MENU, "toolbar-machines").child(machine(view, send))]
}

fn themes(chosen: Theme, send: &Callback<Msg>) -> [Element; 2] {
    const MENU: &str = "theme-menu";
    let theme = |theme: Theme| {
        let item = item(MENU, chosen == theme, send, Msg::Theme(theme));
        el("li").key(theme.name()).child(item.child(words(theme)))
    };
    let open = opening("theme-button", MENU, "button button-plain").attr("aria-label", "Theme").attr("title", "Theme");
    let menu = list(MENU, "toolbar-themes").child(el("ul").children(Theme::ALL.into_iter().map(theme)));
    [open.child(icon(Icon::Theme)), menu]
}

fn words(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "As the system",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
        Theme::Projector => "Projector",
    }
}
