//! The buttons that move through a run.

use super::icon::{Icon, icon};
use super::perhaps;
use crate::present::timeline::TimelineView;
use crate::store::Msg;
use crate::store::model::Speed;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// All of them.
pub fn transport(view: &TimelineView, send: &Callback<Msg>) -> Html {
    let at_start = view.step == 0;
    html! {
        <div class="transport" role="group" aria-label="Step through the run">
            { button("first", "To the start (Home)", Icon::First, at_start, Msg::First, send) }
            { button("back", "Step back (Left)", Icon::Back, at_start, Msg::Back, send) }
            { button("back-part", "Part back (Up)", Icon::BackPart, at_start, Msg::BackPart, send) }
            { play(view, send) }
            { button("next-part", "Next part (Down)", Icon::NextPart, view.at_end, Msg::NextPart, send) }
            { button("next", "Next step (Right)", Icon::Next, view.at_end, Msg::Next, send) }
            { button("last", "To the end (End)", Icon::Last, view.at_end, Msg::Last, send) }
            { speed(view.speed, send) }
        </div>
    }
}

/// The fewest that will do: back, play, on.
pub fn small_transport(view: &TimelineView, send: &Callback<Msg>) -> Html {
    html! {
        <div class="transport" role="group" aria-label="Step through the run">
            { button("back", "Step back (Left)", Icon::Back, view.step == 0, Msg::Back, send) }
            { play(view, send) }
            { button("next-part", "Next part (Down)", Icon::NextPart, view.at_end, Msg::NextPart, send) }
            { button("next", "Next step (Right)", Icon::Next, view.at_end, Msg::Next, send) }
        </div>
    }
}

fn play(view: &TimelineView, send: &Callback<Msg>) -> Html {
    let (label, sign) = if view.playing { ("Pause (P)", Icon::Pause) } else { ("Play (P)", Icon::Play) };
    html! {
        <button id="play" type="button" class="transport-button transport-play" aria-label={label} title={label}
            onclick={send.reform(|_| Msg::TogglePlay)}>{ icon(sign) }</button>
    }
}

fn button(id: &'static str, label: &'static str, sign: Icon, off: bool, msg: Msg, send: &Callback<Msg>) -> Html {
    // Not `disabled`, which would throw the focus out of the hands of whoever presses it.
    html! {
        <button {id} type="button" class="transport-button" aria-label={label} title={label}
            aria-disabled={off.then_some("true")} onclick={send.reform(move |_| msg.clone())}>{ icon(sign) }</button>
    }
}

fn speed(chosen: Speed, send: &Callback<Msg>) -> Html {
    let onchange = perhaps(send, |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Speed::ALL.get(select.selected_index() as usize).map(|speed| Msg::Speed(*speed))
    });
    let option = |speed: &Speed| {
        html! { <option selected={*speed == chosen}>{ speed.label() }</option> }
    };
    html! {
        <select id="speed" class="transport-speed" aria-label="Speed of playing"
            title="Up to ×2 part by part, then step by step" {onchange}>
            { for Speed::ALL.iter().map(option) }
        </select>
    }
}

/// Where we are, and a field to go elsewhere.
pub fn place(view: &TimelineView, send: &Callback<Msg>) -> Html {
    let here = match view.part {
        Some((part, _)) => format!("{}.{part}", view.step),
        None => view.step.to_string(),
    };
    let onchange = send.reform(|event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Msg::Jump(input.value())
    });
    let len = if view.running { format!("{}…", view.len) } else { view.len.to_string() };
    html! {
        <label class="transport-place">
            <span class="transport-word">{ "step" }</span>
            <input id="jump" class="transport-jump" style={format!("--digits: {}", len.len().max(here.len()))} inputmode="decimal" autocomplete="off" value={here.clone()} {onchange}
                title="Go to a step: 7, 7.3 or last (G)" aria-label="Step" />
            <span>{ format!("of {len}") }</span>
            if let Some((part, parts)) = view.part {
                <span class="transport-part">{ format!("· part {part} of {parts}") }</span>
            }
        </label>
    }
}
