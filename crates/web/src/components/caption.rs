//! The sentence of the moment: to be seen in a hall, and to be heard everywhere.

use crate::present::caption::Caption;
use crate::seam::Shared;
use yew::prelude::*;

/// What the caption needs.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The sentence.
    pub caption: Shared<Caption>,
}

/// The caption as a band under the picture.
#[component]
pub fn CaptionBand(props: &Props) -> Html {
    let caption = &props.caption;
    html! {
        <div class="caption">
            if let Some(note) = &caption.note {
                <p class="caption-note">{ note }</p>
                <p class="caption-fact">{ &caption.fact }</p>
            } else {
                <p class="caption-note">{ &caption.fact }</p>
            }
        </div>
    }
}

/// The caption for those who listen: spoken whenever it changes.
#[component]
pub fn LiveRegion(props: &Props) -> Html {
    html! {
        <p class="caption-spoken" role="status" aria-live="polite">{ props.caption.spoken() }</p>
    }
}
