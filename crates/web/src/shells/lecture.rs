//! For a hall: the picture large, the sentence of the moment under it, no editor.

use super::stage;
use crate::components::caption::{caption_band, live_region};
use crate::components::help::help;
use crate::components::icon::{Icon, icon};
use crate::components::notice::notice;
use crate::components::question::question;
use crate::components::timeline::timeline;
use crate::components::transport::{place, transport};
use crate::present::views::Views;
use crate::seam::StageMsg;
use crate::store::{Model, Msg};
use crate::url::View;
use yew::prelude::*;

/// The lecture view.
pub(super) fn lecture(model: &Model, views: &Views, send: &Callback<Msg>, on_stage: &Callback<StageMsg>) -> Html {
    let title = model.session.as_ref().map_or("", |session| session.title());
    html! {
        <div class="lecture">
            <header class="lecture-head">
                <h1 class="lecture-title">{ title }</h1>
                <button id="full-screen" type="button" class="button button-plain" aria-label="Full screen (F)"
                    title="Full screen (F)" onclick={send.reform(|_| Msg::FullScreen)}>{ icon(Icon::Full) }</button>
                <button id="help-button" type="button" class="button button-plain" popovertarget="help"
                    aria-label="Help (?)" title="Help (?)">{ "?" }</button>
                <button id="study" type="button" class="button button-plain" aria-label="Back to studying"
                    title="Back to studying" onclick={send.reform(|_| Msg::View(View::Study))}>{ icon(Icon::Close) }</button>
                { help() }
            </header>
            { notice(model.ui.notice.as_ref(), send) }
            <main class="lecture-stage" aria-label="The machine">{ stage(model, views, on_stage) }</main>
            <div class="lecture-words">
                { caption_band(&views.caption) }
                { question((*views.question).as_ref(), send) }
            </div>
            <footer class="lecture-time">
                if let Some(view) = &*views.timeline {
                    { transport(view, send) }
                    { timeline(view, send) }
                    { place(view, send) }
                }
            </footer>
            if model.ui.blank {
                <div class="lecture-blank" aria-hidden="true"></div>
            }
            { live_region(&views.caption) }
        </div>
    }
}
