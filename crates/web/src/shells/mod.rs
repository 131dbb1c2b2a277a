//! Arrangements of the same components, without state of their own. The address picks one.

mod embed;
mod lecture;
mod study;

use crate::components::element::{Element, el};
use crate::components::stage::Stage;
use crate::components::timeline::timeline;
use crate::components::transport::{place, transport};
use crate::present::views::Views;
use crate::seam::StageMsg;
use crate::store::{Model, Msg};
use crate::url::View;
use yew::prelude::*;

/// The screen.
pub fn shell(model: &Model, views: &Views, send: &Callback<Msg>, on_stage: &Callback<StageMsg>) -> Html {
    let shell = match model.ui.view {
        View::Study => study::study(model, views, send, on_stage),
        View::Lecture => lecture::lecture(model, views, send, on_stage),
        View::Embed => embed::embed(model, views, send, on_stage),
    };
    shell.into()
}

/// The picture, or what is to be said where nothing runs.
fn stage(model: &Model, views: &Views, on_stage: &Callback<StageMsg>) -> Html {
    match &views.scene {
        Some(scene) => html! {
            <Stage scene={scene.clone()} chosen={model.ui.chosen} key_of_motion={views.key_of_motion()}
                on={on_stage} />
        },
        None => {
            let words = "This script has mistakes, so there is nothing to show yet. They are listed under its text.";
            el("p").class("shell-empty").child(words).into()
        }
    }
}

/// The time bar with all its buttons; empty where nothing runs.
fn time(class: &'static str, views: &Views, send: &Callback<Msg>) -> Element {
    let bar = el("footer").class(class);
    match &*views.timeline {
        Some(view) => bar.child(transport(view, send)).child(timeline(view, send)).child(place(view, send)),
        None => bar,
    }
}
