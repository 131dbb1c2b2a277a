//! A process's mark: colour and letter.

use super::element::{Element, el};
use crate::present::Badge;

/// The mark.
pub fn badge(badge: &Badge) -> Element {
    let hue = match badge.hue {
        Some(0) => "badge-0",
        Some(1) => "badge-1",
        Some(2) => "badge-2",
        Some(_) => "badge-3",
        None => "badge-kernel",
    };
    el("span").class("badge").class(hue).attr("title", &badge.name).child(&badge.letters)
}
