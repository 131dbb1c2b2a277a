//! Everything, for one who studies: program, picture, what happened, and the time bar.

use super::stage;
use crate::components::caption::live_region;
use crate::components::editor::Editor;
use crate::components::log::log;
use crate::components::notice::notice;
use crate::components::program::Program;
use crate::components::timeline::timeline;
use crate::components::toolbar::toolbar;
use crate::components::transport::{place, transport};
use crate::present::views::Views;
use crate::seam::StageMsg;
use crate::store::model::Tab;
use crate::store::{Model, Msg};
use yew::prelude::*;

/// The study view.
pub(super) fn study(model: &Model, views: &Views, send: &Callback<Msg>, on_stage: &Callback<StageMsg>) -> Html {
    let title = model.session.as_ref().map_or("", |session| session.title());
    html! {
        <div class="study">
            { toolbar(model, &views.machine, send) }
            { notice(model.ui.notice.as_ref(), send) }
            <section class="study-program" aria-label="Program">{ program(model, views, send) }</section>
            <main class="study-stage" aria-label="The machine">{ stage(model, views, on_stage) }</main>
            <section class="study-log" aria-label="What happens">
                <h2 class="study-head">{ "What happens" }</h2>
                { log(views, title, send) }
            </section>
            <footer class="study-time">
                if let Some(view) = &*views.timeline {
                    { transport(view, send) }
                    { timeline(view, send) }
                    { place(view, send) }
                }
            </footer>
            { live_region(&views.caption) }
        </div>
    }
}

fn program(model: &Model, views: &Views, send: &Callback<Msg>) -> Html {
    let tab = |tab: Tab, id: &'static str, label: &'static str| {
        let chosen = model.ui.tab == tab;
        html! {
            <button {id} type="button" role="tab" class="study-tab" aria-selected={chosen.to_string()}
                aria-controls="program-panel" onclick={send.reform(move |_| Msg::Tab(tab))}>{ label }</button>
        }
    };
    let edit = if model.is_edited() { "Edit •" } else { "Edit" };
    html! {
        <>
            <div class="study-tabs" role="tablist" aria-label="Program">
                { tab(Tab::Steps, "tab-steps", "Steps") }
                { tab(Tab::Edit, "tab-edit", edit) }
            </div>
            <div id="program-panel" class="study-panel" role="tabpanel">
                if model.ui.tab == Tab::Steps {
                    <Program program={views.program.clone()} send={send.clone()} />
                } else {
                    <Editor editor={views.editor.clone()} send={send.clone()} />
                }
            </div>
        </>
    }
}
