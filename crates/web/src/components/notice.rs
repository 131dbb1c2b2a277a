//! Something to be told, above everything else, until it is dismissed.

use super::element::{Element, button, el};
use super::icon::{Icon, icon};
use super::sends;
use crate::store::Msg;
use crate::store::model::{Notice, Offer};
use yew::Callback;

/// The notice, or an empty place for it.
pub fn notice(notice: Option<&Notice>, send: &Callback<Msg>) -> Element {
    let place = el("div").class("notice").attr("role", "status");
    let Some(notice) = notice else { return place };
    let original = (notice.offer == Offer::Original)
        .then(|| button("button").on_click(sends(send, Msg::Original)).child("Back to the original"));
    let dismiss = button("button button-plain").attr("aria-label", "Dismiss").on_click(sends(send, Msg::Dismiss));
    place
        .child(el("p").class("notice-text").child(&notice.text))
        .child(original)
        .child(dismiss.child(icon(Icon::Close)))
}
