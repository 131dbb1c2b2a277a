//! Below the picture: what is chosen in words, with what can be done there; or the legend.

use super::hits::{focus_soon, id};
use crate::present::scene::Scene;
use crate::present::scene::chain::{Chain, cells};
use crate::seam::{StageMsg, Thing};
use vmcore::units::{Pid, VirtAddr};
use yew::prelude::*;

/// The element that the keyboard goes to once a page is chosen.
pub(super) const LOAD_ID: &str = "stage-load";

pub(super) fn bar(scene: &Scene, chosen: Option<Thing>, chain: Option<&Chain>, on: &Callback<StageMsg>) -> Html {
    match (chosen, chain) {
        (Some(thing), Some(chain)) => choice(scene, thing, chain, on),
        _ => legend(),
    }
}

fn choice(scene: &Scene, thing: Thing, chain: &Chain, on: &Callback<StageMsg>) -> Html {
    let let_go = {
        let on = on.clone();
        move || {
            on.emit(StageMsg::Choose(None));
            focus_soon(id(thing));
        }
    };
    let close = {
        let let_go = let_go.clone();
        Callback::from(move |_: MouseEvent| let_go())
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            let_go();
        }
    });
    html! {
        <div class="stage-bar" role="group" aria-label="What is chosen" {onkeydown}>
            <p class="stage-bar-words">{ &chain.words }</p>
            { for address(scene, thing).map(|(pid, va)| actions(thing, pid, va, on)) }
            <button type="button" class="stage-bar-close" onclick={close} aria-label="Let go">{ "×" }</button>
        </div>
    }
}

/// The first byte of a page that is drawn.
fn address(scene: &Scene, thing: Thing) -> Option<(Pid, VirtAddr)> {
    let Thing::Page { pid, vpn } = thing else { return None };
    let alive = scene.processes.iter().any(|card| card.pid == pid && card.alive);
    cells(scene).find(|cell| alive && (cell.pid, cell.vpn) == (pid, vpn)).map(|cell| (pid, cell.va))
}

fn actions(thing: Thing, pid: Pid, va: VirtAddr, on: &Callback<StageMsg>) -> Html {
    let then = |message: StageMsg| {
        let on = on.clone();
        Callback::from(move |_: MouseEvent| {
            on.emit(message.clone());
            focus_soon(id(thing));
        })
    };
    let load = then(StageMsg::Load { pid, va });
    let store = then(StageMsg::Store { pid, va });
    html! {
        <>
            <button type="button" id={LOAD_ID} class="stage-bar-action" onclick={load}>{ "Load a byte" }</button>
            <button type="button" class="stage-bar-action" onclick={store}>{ "Store ‘X’" }</button>
        </>
    }
}

/// What the signs mean; colour is never the only one.
fn legend() -> Html {
    let sign = |class: &'static str, inner: Html, words: &'static str| {
        html! {
            <li class="stage-legend-item">
                <svg class="stage-legend-sign" viewBox="0 0 16 16" aria-hidden="true"><g {class}>{ inner }</g></svg>
                { words }
            </li>
        }
    };
    let cell = || html! { <rect class="stage-cell" x="1.5" y="1.5" width="13" height="13" rx="2.5" /> };
    let bar = |class: &'static str| html! { <>{ cell() }<path {class} d="M4 11.5H12" /></> };
    html! {
        <ul class="stage-legend" aria-label="Signs">
            { sign("stage-page-absent", cell(), "not present") }
            { sign("stage-page-read-only", cell(), "read-only") }
            { sign("stage-page-writable", bar("stage-cell-write"), "writable") }
            { sign("stage-page-copy-on-write", bar("stage-cell-cow"), "copied on store") }
            { sign("stage-page-swapped", cell(), "in swap") }
            { sign("stage-page-past-end", html! { <>{ cell() }<rect class="stage-cell-past" x="1.5" y="1.5" width="13" height="13" rx="2.5" /></> }, "past the end") }
            { sign("stage-pencil", html! { <path transform="translate(2 2) scale(1.5)" d="M0.4 7.6L1 5.2L5.4 0.8L7.2 2.6L2.8 7z" /> }, "newer than the disk") }
        </ul>
    }
}
