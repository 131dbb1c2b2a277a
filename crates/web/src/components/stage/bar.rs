//! Below the picture: what is chosen in words, with what can be done there; or the legend.

use super::hits::{focus_soon, id};
use super::marks::{PENCIL, boxed};
use crate::components::element::{Element, button, el};
use crate::present::scene::Scene;
use crate::present::scene::chain::{Chain, cells};
use crate::seam::{StageMsg, Thing};
use crate::stage::geometry::shape::Rect;
use vmcore::units::{Pid, VirtAddr};
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// The element that the keyboard goes to once a page is chosen.
pub(super) const LOAD_ID: &str = "stage-load";

pub(super) fn bar(scene: &Scene, chosen: Option<Thing>, chain: Option<&Chain>, on: &Callback<StageMsg>) -> Element {
    match (chosen, chain) {
        (Some(thing), Some(chain)) => choice(scene, thing, chain, on),
        _ => legend(),
    }
}

fn choice(scene: &Scene, thing: Thing, chain: &Chain, on: &Callback<StageMsg>) -> Element {
    let let_go = {
        let on = on.clone();
        move || {
            on.emit(StageMsg::Choose(None));
            focus_soon(id(thing));
        }
    };
    let close = {
        let let_go = let_go.clone();
        Callback::from(move |_: Event| let_go())
    };
    let escape = Callback::from(move |event: Event| {
        if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" {
            event.stop_propagation();
            let_go();
        }
    });
    let actions = address(scene, thing).map(|(pid, va)| actions(thing, pid, va, on));
    el("div")
        .class("stage-bar")
        .attr("role", "group")
        .attr("aria-label", "What is chosen")
        .on_keydown(escape)
        .child(el("p").class("stage-bar-words").child(&chain.words))
        .child(actions)
        .child(button("stage-bar-close").on_click(close).attr("aria-label", "Let go").child("×"))
}

/// The first byte of a page that is drawn.
fn address(scene: &Scene, thing: Thing) -> Option<(Pid, VirtAddr)> {
    let Thing::Page { pid, vpn } = thing else { return None };
    let alive = scene.processes.iter().any(|card| card.pid == pid && card.alive);
    cells(scene).find(|cell| alive && (cell.pid, cell.vpn) == (pid, vpn)).map(|cell| (pid, cell.va))
}

fn actions(thing: Thing, pid: Pid, va: VirtAddr, on: &Callback<StageMsg>) -> [Element; 2] {
    let action = |label: &'static str, message: StageMsg| {
        let on = on.clone();
        let then = Callback::from(move |_: Event| {
            on.emit(message.clone());
            focus_soon(id(thing));
        });
        button("stage-bar-action").on_click(then).child(label)
    };
    let load = action("Load a byte", StageMsg::Load { pid, va });
    [load.attr("id", LOAD_ID), action("Store ‘X’", StageMsg::Store { pid, va })]
}

/// What the signs mean; colour is never the only one.
fn legend() -> Element {
    el("ul").class("stage-legend").attr("aria-label", "Signs").children([
        sign("not present", swatch("stage-page-absent")),
        sign("read-only", swatch("stage-page-read-only")),
        sign("writable", swatch("stage-page-writable").child(stroke("stage-cell-write"))),
        sign("copied on store", swatch("stage-page-copy-on-write").child(stroke("stage-cell-cow"))),
        sign("in swap", swatch("stage-page-swapped")),
        sign("past the end", swatch("stage-page-past-end").child(cell("stage-cell-past"))),
        sign("newer than the disk", el("g").class("stage-pencil").child(pencil())),
    ])
}

fn sign(words: &'static str, inside: Element) -> Element {
    let shown = el("svg").class("stage-legend-sign").attr("viewBox", "0 0 16 16").attr("aria-hidden", "true");
    el("li").class("stage-legend-item").child(shown.child(inside)).child(words)
}

/// A page of a kind.
fn swatch(kind: &'static str) -> Element {
    el("g").class(kind).child(cell("stage-cell"))
}

fn cell(class: &'static str) -> Element {
    boxed(&Rect { x: 1.5, y: 1.5, w: 13.0, h: 13.0 }, 2.5, class)
}

fn stroke(class: &'static str) -> Element {
    el("path").class(class).attr("d", "M4 11.5H12")
}

fn pencil() -> Element {
    el("path").attr("transform", "translate(2 2) scale(1.5)").attr("d", PENCIL)
}
