//! The sentence of the moment: to be seen in a hall, and to be heard everywhere.

use crate::present::caption::Caption;
use yew::prelude::*;

/// The caption as a band under the picture.
pub fn caption_band(caption: &Caption) -> Html {
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
pub fn live_region(caption: &Caption) -> Html {
    html! {
        <p class="caption-spoken" role="status" aria-live="polite">{ caption.spoken() }</p>
    }
}
