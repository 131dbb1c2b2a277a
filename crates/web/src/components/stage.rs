//! The picture: an SVG drawn from a scene, a bar for what is chosen, and the same as a document for screen readers.
//!
//! Owns: drawing, pointer and keyboard within the picture. Does not own: what is chosen, or what comes of a request;
//! both are the app's. Everything below [`Stage`] is a plain function.

mod arrows;
mod bar;
mod document;
mod hits;
mod marks;
mod motions;

use super::element::{Element, el};
use crate::present::scene::Scene;
use crate::present::scene::chain::{Chain, chain};
use crate::seam::{Shared, StageMsg, Thing};
use crate::stage::geometry::{Picture, picture};
use crate::stage::path::px;
use yew::prelude::*;

/// What the stage needs.
#[derive(Properties, PartialEq)]
pub struct StageProps {
    /// What is drawn.
    pub scene: Shared<Scene>,
    /// What is chosen.
    pub chosen: Option<Thing>,
    /// Changes whenever motions are to be played.
    pub key_of_motion: u64,
    /// Where requests go.
    pub on: Callback<StageMsg>,
}

/// The picture.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let StageProps { scene, chosen, on, .. } = props;
    let active = use_state(|| None::<Thing>);
    let laid_out = use_memo((scene.clone(), *chosen), |(scene, chosen)| lay_out(scene, *chosen));
    let (picture, chain) = &*laid_out;
    let bar = bar::bar(scene, *chosen, chain.as_ref(), on);
    el("section")
        .class("stage")
        .class_if(scene.compact, "stage-compact")
        .attr("aria-label", "The machine")
        .child(el("div").class("stage-fit").child(canvas(picture).child(drawing(props, picture, &active))))
        .child(bar)
        .child(document::document(scene))
        .into()
}

fn canvas(picture: &Picture) -> Element {
    el("div").class("stage-canvas").attr("style", ratio(picture))
}

fn drawing(props: &StageProps, picture: &Picture, active: &UseStateHandle<Option<Thing>>) -> Element {
    let StageProps { scene, chosen, key_of_motion, on } = props;
    let still = el("g").class("stage-drawing").class_if(chosen.is_some(), "stage-choosing").attr("aria-hidden", "true");
    let moving = el("g").class("stage-motions").key(*key_of_motion).attr("aria-hidden", "true");
    let groups = picture.groups.iter().enumerate().map(|(at, group)| marks::group(at, group));
    el("svg")
        .class("stage-svg")
        .attr("viewBox", view_box(picture))
        .attr("role", "group")
        .attr("aria-label", "Pages, entries, frames and blocks")
        .child(marks::textures())
        .child(
            still
                .children(groups)
                .children(picture.arrows.iter().map(arrows::arrow))
                .child(picture.caption.as_ref().map(arrows::caption)),
        )
        .child(moving.children(motions::placed(scene, picture).iter().flat_map(motions::motion)))
        .child(hits::hits(scene, picture, *chosen, active, on))
}

fn lay_out(scene: &Scene, chosen: Option<Thing>) -> (Picture, Option<Chain>) {
    let chain = chosen.map(|thing| chain(scene, thing));
    (picture(scene, chain.as_ref()), chain)
}

fn ratio(picture: &Picture) -> String {
    format!("--stage-w:{};--stage-h:{}", px(whole(picture.width)), px(whole(picture.height)))
}

fn whole(value: f64) -> f64 {
    (value + 0.5).floor()
}

fn view_box(picture: &Picture) -> String {
    format!("0 0 {} {}", px(whole(picture.width)), px(whole(picture.height)))
}

/// The colour of a process, by its number.
fn hue(pid: vmcore::units::Pid) -> &'static str {
    ["stage-process-0", "stage-process-1", "stage-process-2", "stage-process-3"][pid.index() % 4]
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
