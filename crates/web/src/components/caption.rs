//! The sentence of the moment: to be seen in a hall, and to be heard everywhere.

use super::element::{Element, el};
use crate::present::caption::Caption;

/// The caption as a band under the picture.
pub fn caption_band(caption: &Caption) -> Element {
    let band = el("div").class("caption");
    match &caption.note {
        Some(note) => band
            .child(el("p").class("caption-note").child(note))
            .child(el("p").class("caption-fact").child(&caption.fact)),
        None => band.child(el("p").class("caption-note").child(&caption.fact)),
    }
}

/// The caption for those who listen: spoken whenever it changes.
pub fn live_region(caption: &Caption) -> Element {
    el("p").class("caption-spoken").attr("role", "status").attr("aria-live", "polite").child(caption.spoken())
}
