//! The buttons that move through a run.

use super::element::{Element, el};
use super::icon::{Icon, icon};
use super::{element, sends, sends_value};
use crate::present::timeline::TimelineView;
use crate::store::Msg;
use crate::store::model::Speed;
use yew::Callback;

/// All of them.
pub fn transport(view: &TimelineView, send: &Callback<Msg>) -> Element {
    let at_start = view.step == 0;
    buttons()
        .child(button("first", "To the start (Home)", Icon::First, at_start, Msg::First, send))
        .child(button("back", "Step back (Left)", Icon::Back, at_start, Msg::Back, send))
        .child(button("back-part", "Part back (Up)", Icon::BackPart, at_start, Msg::BackPart, send))
        .child(play(view, send))
        .child(button("next-part", "Next part (Down)", Icon::NextPart, view.at_end, Msg::NextPart, send))
        .child(button("next", "Next step (Right)", Icon::Next, view.at_end, Msg::Next, send))
        .child(button("last", "To the end (End)", Icon::Last, view.at_end, Msg::Last, send))
        .child(speed(view.speed, send))
}

/// The fewest that will do: back, play, on.
pub fn small_transport(view: &TimelineView, send: &Callback<Msg>) -> Element {
    buttons()
        .child(button("back", "Step back (Left)", Icon::Back, view.step == 0, Msg::Back, send))
        .child(play(view, send))
        .child(button("next-part", "Next part (Down)", Icon::NextPart, view.at_end, Msg::NextPart, send))
        .child(button("next", "Next step (Right)", Icon::Next, view.at_end, Msg::Next, send))
}

fn buttons() -> Element {
    el("div").class("transport").attr("role", "group").attr("aria-label", "Step through the run")
}

fn play(view: &TimelineView, send: &Callback<Msg>) -> Element {
    let (label, sign) = if view.playing { ("Pause (P)", Icon::Pause) } else { ("Play (P)", Icon::Play) };
    button("play", label, sign, false, Msg::TogglePlay, send).class("transport-play")
}

fn button(id: &'static str, label: &'static str, sign: Icon, off: bool, msg: Msg, send: &Callback<Msg>) -> Element {
    element::button("transport-button")
        .attr("id", id)
        .attr("aria-label", label)
        .attr("title", label)
        // Not `disabled`, which would throw the focus out of the hands of whoever presses it.
        .attr("aria-disabled", off.then_some("true"))
        .on_click(sends(send, msg))
        .child(icon(sign))
}

fn speed(chosen: Speed, send: &Callback<Msg>) -> Element {
    let option = |speed: Speed| el("option").flag("selected", speed == chosen).child(speed.label());
    let change = sends_value(send, |label| Speed::ALL.into_iter().find(|speed| speed.label() == label).map(Msg::Speed));
    el("select")
        .attr("id", "speed")
        .class("transport-speed")
        .attr("aria-label", "Speed of playing")
        .attr("title", "Up to ×2 part by part, then step by step")
        .on_change(change)
        .children(Speed::ALL.into_iter().map(option))
}

/// Where we are, and a field to go elsewhere.
pub fn place(view: &TimelineView, send: &Callback<Msg>) -> Element {
    let len = if view.running { format!("{}…", view.len) } else { view.len.to_string() };
    let part = view.part.map(|(part, parts)| format!("· part {part} of {parts}"));
    el("label")
        .class("transport-place")
        .child(el("span").class("transport-word").child("step"))
        .child(jump(view, len.len(), send))
        .child(el("span").child(format!("of {len}")))
        .child(part.map(|words| el("span").class("transport-part").child(words)))
}

/// The field, as wide as the run's length.
fn jump(view: &TimelineView, digits: usize, send: &Callback<Msg>) -> Element {
    let here = match view.part {
        Some((part, _)) => format!("{}.{part}", view.step),
        None => view.step.to_string(),
    };
    el("input")
        .attr("id", "jump")
        .class("transport-jump")
        .attr("style", format!("--digits: {}", digits.max(here.len())))
        .attr("inputmode", "decimal")
        .attr("autocomplete", "off")
        .value(here)
        .on_change(sends_value(send, |place| Some(Msg::Jump(place))))
        .attr("title", "Go to a step: 7, 7.3 or last (G)")
        .attr("aria-label", "Step")
}
