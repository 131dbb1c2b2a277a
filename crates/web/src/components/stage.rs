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
    let StageProps { scene, chosen, key_of_motion, on } = props;
    let active = use_state(|| None::<Thing>);
    let laid_out = use_memo((scene.clone(), *chosen), |(scene, chosen)| lay_out(scene, *chosen));
    let (picture, chain) = &*laid_out;
    let class = if scene.compact { "stage stage-compact" } else { "stage" };
    html! {
        <section {class} aria-label="The machine">
            <div class="stage-fit">
                <div class="stage-canvas" style={ratio(picture)}>
                    <svg class="stage-svg" viewBox={view_box(picture)} role="group" aria-label="Pages, entries, frames and blocks">
                        { marks::textures() }
                        <g class={classes!("stage-drawing", chosen.map(|_| "stage-choosing"))} aria-hidden="true">
                            { for picture.groups.iter().enumerate().map(|(at, group)| marks::group(at, group)) }
                            { for picture.arrows.iter().map(arrows::arrow) }
                            { for picture.caption.iter().map(arrows::caption) }
                        </g>
                        <g key={*key_of_motion} class="stage-motions" aria-hidden="true">
                            { for motions::placed(scene, picture).iter().map(motions::motion) }
                        </g>
                        { hits::hits(scene, picture, *chosen, &active, on) }
                    </svg>
                </div>
            </div>
            { bar::bar(scene, *chosen, chain.as_ref(), on) }
            { document::document(scene) }
        </section>
    }
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
