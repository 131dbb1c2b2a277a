//! In somebody else's page: the picture alone, and the fewest buttons that will do.

use super::stage;
use crate::components::caption::live_region;
use crate::components::element::{Element, el};
use crate::components::notice::notice;
use crate::components::timeline::timeline;
use crate::components::transport::small_transport;
use crate::present::views::Views;
use crate::seam::StageMsg;
use crate::store::{Model, Msg};
use crate::url::View;
use yew::Callback;

/// The embed view.
pub(super) fn embed(model: &Model, views: &Views, send: &Callback<Msg>, on_stage: &Callback<StageMsg>) -> Element {
    let mut there = model.url();
    there.view = View::Study;
    there.sync = false;
    let href = format!("?#{}", there.fragment(&Default::default()));
    let place = el("main").class("embed-stage").attr("aria-label", "The machine");
    el("div")
        .class("embed")
        .child(notice(model.ui.notice.as_ref(), send))
        .child(place.child(stage(model, views, on_stage)))
        .child(time(views, send).child(open(href)))
        .child(live_region(&views.caption))
}

fn time(views: &Views, send: &Callback<Msg>) -> Element {
    let bar = el("footer").class("embed-time");
    match &*views.timeline {
        Some(view) => bar
            .child(small_transport(view, send))
            .child(timeline(view, send))
            .child(el("span").class("embed-place").child(format!("{}/{}", view.step, view.len))),
        None => bar,
    }
}

/// The same in a page of its own.
fn open(href: String) -> Element {
    let link = el("a").class("embed-open").attr("href", href);
    link.attr("target", "_blank").attr("rel", "noopener").child("Pagelab")
}
