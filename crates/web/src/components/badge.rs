//! A process's mark: colour and letter.

use crate::present::Badge;
use yew::prelude::*;

/// The mark.
pub fn badge(badge: &Badge) -> Html {
    let hue = match badge.hue {
        Some(0) => "badge-0",
        Some(1) => "badge-1",
        Some(2) => "badge-2",
        Some(_) => "badge-3",
        None => "badge-kernel",
    };
    html! { <span class={classes!("badge", hue)} title={badge.name.clone()}>{ &badge.letters }</span> }
}
