//! Everything, for one who studies: program, picture, what happened, and the time bar.

use super::{stage, time};
use crate::components::caption::live_region;
use crate::components::editor::Editor;
use crate::components::element::{Element, button, el};
use crate::components::log::log;
use crate::components::notice::notice;
use crate::components::program::Program;
use crate::components::sends;
use crate::components::toolbar::toolbar;
use crate::present::views::Views;
use crate::seam::StageMsg;
use crate::store::model::Tab;
use crate::store::{Model, Msg};
use yew::prelude::*;

/// The study view.
pub(super) fn study(model: &Model, views: &Views, send: &Callback<Msg>, on_stage: &Callback<StageMsg>) -> Element {
    let title = model.session.as_ref().map_or("", |session| session.title());
    let place = el("main").class("study-stage").attr("aria-label", "The machine");
    el("div")
        .class("study")
        .child(toolbar(model, &views.machine, send))
        .child(notice(model.ui.notice.as_ref(), send))
        .child(panel("study-program", "Program").child(program(model, views, send)))
        .child(place.child(stage(model, views, on_stage)))
        .child(
            panel("study-log", "What happens")
                .child(el("h2").class("study-head").child("What happens"))
                .child(log(views, title, send)),
        )
        .child(time("study-time", views, send).child(live_region(&views.caption)))
}

fn panel(class: &'static str, label: &'static str) -> Element {
    el("section").class(class).attr("aria-label", label)
}

fn program(model: &Model, views: &Views, send: &Callback<Msg>) -> [Element; 2] {
    let shown = match model.ui.tab {
        Tab::Steps => html! { <Program program={views.program.clone()} send={send.clone()} /> },
        Tab::Edit => html! { <Editor editor={views.editor.clone()} send={send.clone()} /> },
    };
    let panel = el("div").attr("id", "program-panel").class("study-panel").attr("role", "tabpanel");
    [tabs(model, send), panel.child(shown)]
}

fn tabs(model: &Model, send: &Callback<Msg>) -> Element {
    let tab = |tab: Tab, id: &'static str, label: &'static str| {
        button("study-tab")
            .attr("id", id)
            .attr("role", "tab")
            .attr("aria-selected", model.ui.tab == tab)
            .attr("aria-controls", "program-panel")
            .on_click(sends(send, Msg::Tab(tab)))
            .child(label)
    };
    let edit = if model.is_edited() { "Edit •" } else { "Edit" };
    el("div")
        .class("study-tabs")
        .attr("role", "tablist")
        .attr("aria-label", "Program")
        .child(tab(Tab::Steps, "tab-steps", "Steps"))
        .child(tab(Tab::Edit, "tab-edit", edit))
}
