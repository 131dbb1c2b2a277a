//! For a hall: the picture large, the sentence of the moment beside or under it, no editor.

use super::{stage, time};
use crate::components::caption::{caption_band, live_region};
use crate::components::element::{Element, button, el};
use crate::components::help::{help, help_button};
use crate::components::icon::{Icon, icon};
use crate::components::notice::notice;
use crate::components::question::question;
use crate::components::sends;
use crate::present::views::Views;
use crate::seam::StageMsg;
use crate::store::{Model, Msg};
use crate::url::View;
use yew::Callback;

/// The lecture view.
pub(super) fn lecture(model: &Model, views: &Views, send: &Callback<Msg>, on_stage: &Callback<StageMsg>) -> Element {
    let place = el("main").class("lecture-stage").attr("aria-label", "The machine");
    let words = el("div").class("lecture-words").child(caption_band(&views.caption));
    let blank = model.ui.blank.then(|| el("div").class("lecture-blank").attr("aria-hidden", "true"));
    el("div")
        .class("lecture")
        .child(head(model, send))
        .child(notice(model.ui.notice.as_ref(), send))
        .child(place.child(stage(model, views, on_stage)))
        .child(words.child(question((*views.question).as_ref(), send)))
        .child(time("lecture-time", views, send))
        .child(blank)
        .child(live_region(&views.caption))
}

fn head(model: &Model, send: &Callback<Msg>) -> Element {
    let title = model.session.as_ref().map_or("", |session| session.title());
    let tool = |id: &'static str, label: &'static str, msg: Msg, sign: Icon| {
        let tool = button("button button-plain").attr("id", id).attr("aria-label", label).attr("title", label);
        tool.on_click(sends(send, msg)).child(icon(sign))
    };
    el("header")
        .class("lecture-head")
        .child(el("h1").class("lecture-title").child(title.to_owned()))
        .child(tool("full-screen", "Full screen (F)", Msg::FullScreen, Icon::Full))
        .child(help_button())
        .child(tool("study", "Back to studying", Msg::View(View::Study), Icon::Close))
        .child(help())
}
