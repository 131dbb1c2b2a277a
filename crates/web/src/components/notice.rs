//! Something to be told, above everything else, until it is dismissed.

use super::icon::{Icon, icon};
use crate::store::Msg;
use crate::store::model::{Notice, Offer};
use yew::prelude::*;

/// The notice, or an empty place for it.
pub fn notice(notice: Option<&Notice>, send: &Callback<Msg>) -> Html {
    html! {
        <div class="notice" role="status">
            if let Some(notice) = notice {
                <p class="notice-text">{ &notice.text }</p>
                if notice.offer == Offer::Original {
                    <button type="button" class="button" onclick={send.reform(|_| Msg::Original)}>
                        { "Back to the original" }
                    </button>
                }
                <button type="button" class="button button-plain" aria-label="Dismiss"
                    onclick={send.reform(|_| Msg::Dismiss)}>{ icon(Icon::Close) }</button>
            }
        </div>
    }
}
