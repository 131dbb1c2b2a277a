//! The run's shape, every step a bar coloured and shaped by its verdict; and the bar to drag over it. The dragging is
//! done by a slider of the browser's own, which also knows keys, touch and screen readers.

use super::perhaps;
use crate::present::timeline::{Bar, TimelineView};
use crate::store::Msg;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The time bar.
pub fn timeline(view: &TimelineView, send: &Callback<Msg>) -> Html {
    let oninput = perhaps(send, |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        input.value().parse().ok().map(Msg::Scrub)
    });
    html! {
        <div class="timeline">
            <div class="timeline-track" style={geometry(view)} aria-hidden="true">
                <div class="timeline-bars">{ for view.bars.iter().enumerate().map(bar) }</div>
                <span class="timeline-cursor"></span>
            </div>
            <input id="timeline" class="timeline-slider" type="range" min="0" max={view.len.to_string()} step="1"
                value={view.step.to_string()} aria-label="Step" aria-valuetext={view.spoken()} {oninput} />
            if let Some(failure) = &view.failure {
                <p class="timeline-failure">{ format!("The run stops here: {failure}") }</p>
            }
        </div>
    }
}

/// Bars stand where the slider's handle is at their step.
fn geometry(view: &TimelineView) -> String {
    let len = view.len.max(1);
    let covered = view.bars.len() as u64 * view.bar_steps;
    let halves = u64::from(view.bar_steps == 1);
    format!(
        "--covered: calc({covered} / {len}); --shift: calc({halves} / {len} / 2); --at: calc({} / {len})",
        view.step
    )
}

fn bar((index, bar): (usize, &Bar)) -> Html {
    let class = classes!(
        "timeline-bar",
        format!("timeline-{}", bar.class),
        bar.asks.then_some("timeline-ask"),
        bar.fails.then_some("timeline-fails"),
    );
    html! { <i key={index} {class}></i> }
}
