//! The run's shape, every step a bar coloured and shaped by its verdict; and the bar to drag over it. The dragging is
//! done by a slider of the browser's own, which also knows keys, touch and screen readers.

use super::element::{Element, el};
use super::sends_value;
use crate::present::timeline::{Bar, TimelineView};
use crate::store::Msg;
use yew::Callback;

/// The time bar.
pub fn timeline(view: &TimelineView, send: &Callback<Msg>) -> Element {
    let bars = el("div").class("timeline-bars").children(view.bars.iter().enumerate().map(bar));
    let track = el("div").class("timeline-track").attr("style", geometry(view)).attr("aria-hidden", "true");
    let failure = view.failure.as_ref().map(|failure| format!("The run stops here: {failure}"));
    el("div")
        .class("timeline")
        .child(track.child(bars).child(el("span").class("timeline-cursor")))
        .child(slider(view, send))
        .child(failure.map(|words| el("p").class("timeline-failure").child(words)))
}

fn slider(view: &TimelineView, send: &Callback<Msg>) -> Element {
    el("input")
        .attr("id", "timeline")
        .class("timeline-slider")
        .attr("type", "range")
        .attr("min", "0")
        .attr("max", view.len.to_string())
        .attr("step", "1")
        .value(view.step.to_string())
        .attr("aria-label", "Step")
        .attr("aria-valuetext", view.spoken())
        .on_input(sends_value(send, |step| step.parse().ok().map(Msg::Scrub)))
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

fn bar((index, bar): (usize, &Bar)) -> Element {
    el("i")
        .key(index)
        .class("timeline-bar")
        .class(&format!("timeline-{}", bar.class))
        .class_if(bar.asks, "timeline-ask")
        .class_if(bar.fails, "timeline-fails")
}
