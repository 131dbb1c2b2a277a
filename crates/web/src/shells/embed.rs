//! In somebody else's page: the picture alone, and the fewest buttons that will do.

use super::stage;
use crate::components::caption::live_region;
use crate::components::notice::notice;
use crate::components::timeline::timeline;
use crate::components::transport::small_transport;
use crate::present::views::Views;
use crate::seam::StageMsg;
use crate::store::{Model, Msg};
use crate::url::View;
use yew::prelude::*;

/// The embed view.
pub(super) fn embed(model: &Model, views: &Views, send: &Callback<Msg>, on_stage: &Callback<StageMsg>) -> Html {
    let mut there = model.url();
    there.view = View::Study;
    there.sync = false;
    let href = format!("?#{}", there.fragment(&Default::default()));
    html! {
        <div class="embed">
            { notice(model.ui.notice.as_ref(), send) }
            <main class="embed-stage" aria-label="The machine">{ stage(model, views, on_stage) }</main>
            <footer class="embed-time">
                if let Some(view) = &*views.timeline {
                    { small_transport(view, send) }
                    { timeline(view, send) }
                    <span class="embed-place">{ format!("{}/{}", view.step, view.len) }</span>
                }
                <a class="embed-open" {href} target="_blank" rel="noopener">{ "Pagelab" }</a>
            </footer>
            { live_region(&views.caption) }
        </div>
    }
}
