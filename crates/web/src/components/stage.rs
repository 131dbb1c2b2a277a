//! The picture. (Half B replaces this file.)

use crate::present::scene::Scene;
use crate::seam::{Shared, StageMsg, Thing};
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
    html! { <div class="stage">{ format!("step {}", props.scene.step) }</div> }
}
