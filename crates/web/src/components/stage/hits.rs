//! What can be pointed at and reached by keys: transparent shapes above the drawing, in groups with one tab stop each.
//! Arrow keys move within a group, Enter and Space choose, Escape lets go.

use super::bar::LOAD_ID;
use super::marks::boxed;
use crate::components::element::{Element, el, list};
use crate::present::scene::Scene;
use crate::present::scene::lit::Spot;
use crate::seam::{StageMsg, Thing};
use crate::stage::geometry::Picture;
use crate::stage::geometry::shape::{Hit, Rect};
use vmcore::units::Pid;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Things with a tab stop in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Band {
    Pages(Pid),
    Entries,
    Frames,
    Blocks,
    Slots,
}

fn band(thing: Thing) -> Band {
    match thing {
        Thing::Process(pid) | Thing::Page { pid, .. } => Band::Pages(pid),
        Thing::Entry { .. } | Thing::Tlb(_) => Band::Entries,
        Thing::Frame(_) => Band::Frames,
        Thing::Block { .. } => Band::Blocks,
        Thing::Slot(_) => Band::Slots,
    }
}

/// All of them, band by band in reading order.
pub(super) fn hits(
    scene: &Scene,
    picture: &Picture,
    chosen: Option<Thing>,
    active: &UseStateHandle<Option<Thing>>,
    on: &Callback<StageMsg>,
) -> Html {
    let pages = scene.processes.iter().map(|card| (Band::Pages(card.pid), format!("pages of process {}", card.name)));
    let others = [
        (Band::Entries, "entries of the page table"),
        (Band::Frames, "frames"),
        (Band::Blocks, "blocks on the disk"),
        (Band::Slots, "swap slots"),
    ];
    let bands = pages.chain(others.map(|(band, label)| (band, label.to_owned())));
    list(bands.filter_map(|(band, label)| draw_band(picture, band, label, chosen, active, on)))
}

fn draw_band(
    picture: &Picture,
    which: Band,
    label: String,
    chosen: Option<Thing>,
    active: &UseStateHandle<Option<Thing>>,
    on: &Callback<StageMsg>,
) -> Option<Element> {
    let members: Vec<(Thing, &Hit)> = picture.hits.iter().filter_map(|hit| Some((thing(hit)?, hit))).collect();
    let members: Vec<(Thing, &Hit)> = members.into_iter().filter(|(thing, _)| band(*thing) == which).collect();
    if members.is_empty() {
        return None;
    }
    // The tab stop: where the keyboard last was, or the first page rather than the card itself.
    let stop = active.filter(|thing| members.iter().any(|(member, _)| member == thing));
    let first = members.iter().find(|(_, hit)| hit.page.is_some()).or(members.first()).map(|(thing, _)| *thing);
    let stop = stop.or(first);
    let places: Vec<(Thing, Rect)> = members.iter().map(|(thing, hit)| (*thing, hit.rect)).collect();
    let targets = members.iter().map(|(thing, hit)| {
        let at = Target { thing: *thing, chosen: chosen == Some(*thing), stop: stop == Some(*thing) };
        draw_hit(hit, at, &places, active, on)
    });
    Some(el("g").key(label.as_str()).attr("role", "group").attr("aria-label", label).children(targets))
}

fn thing(hit: &Hit) -> Option<Thing> {
    match hit.spot {
        Spot::Thing(thing) => Some(thing),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Target {
    thing: Thing,
    chosen: bool,
    stop: bool,
}

fn draw_hit(
    hit: &Hit,
    at: Target,
    places: &[(Thing, Rect)],
    active: &UseStateHandle<Option<Thing>>,
    on: &Callback<StageMsg>,
) -> Element {
    let choose = StageMsg::Choose(if at.chosen { None } else { Some(at.thing) });
    let click = on.reform(move |event: Event| {
        event.stop_propagation();
        choose.clone()
    });
    let focus = {
        let active = active.clone();
        Callback::from(move |_: Event| active.set(Some(at.thing)))
    };
    let press = {
        let (on, places, page) = (on.clone(), places.to_vec(), hit.page.is_some());
        Callback::from(move |event: Event| press(event.unchecked_ref(), at, page, &places, &on))
    };
    let id = id(at.thing);
    boxed(&hit.rect, 4.0, "stage-hit")
        .key(id.as_str())
        .attr("id", id)
        .attr("role", "button")
        .attr("tabindex", if at.stop { "0" } else { "-1" })
        .attr("aria-label", &hit.words)
        .attr("aria-pressed", at.chosen)
        .on_click(click)
        .on_focus(focus)
        .on_keydown(press)
        .child(el("title").child(&hit.words))
}

/// The element's name.
pub(super) fn id(thing: Thing) -> String {
    match thing {
        Thing::Process(pid) => format!("stage-process-{pid}"),
        Thing::Page { pid, vpn } => format!("stage-page-{pid}-{:x}", vpn.get()),
        Thing::Entry { table, index } => format!("stage-entry-{table}-{index}"),
        Thing::Frame(pfn) => format!("stage-frame-{pfn}"),
        Thing::Block { object, page } => format!("stage-block-{object}-{page}"),
        Thing::Slot(slot) => format!("stage-slot-{slot}"),
        Thing::Tlb(slot) => format!("stage-tlb-{slot}"),
    }
}

fn press(event: &KeyboardEvent, at: Target, page: bool, places: &[(Thing, Rect)], on: &Callback<StageMsg>) {
    match event.key().as_str() {
        "Enter" | " " => {
            on.emit(StageMsg::Choose(if at.chosen { None } else { Some(at.thing) }));
            if page && !at.chosen {
                focus_soon(LOAD_ID.to_owned());
            }
        }
        "Escape" if at.chosen => on.emit(StageMsg::Choose(None)),
        key => match neighbour(at.thing, places, key) {
            Some(next) => focus(&id(next)),
            None => return,
        },
    }
    event.prevent_default();
    event.stop_propagation();
}

/// Where an arrow key leads from a place.
fn neighbour(from: Thing, places: &[(Thing, Rect)], key: &str) -> Option<Thing> {
    let at = places.iter().position(|(thing, _)| *thing == from)?;
    let here = places[at].1;
    let vertical = |down: bool| {
        let ahead = places.iter().filter(|(_, rect)| match down {
            true => rect.cy() > here.cy() + 3.0,
            false => rect.cy() < here.cy() - 3.0,
        });
        let distance = |rect: &Rect| (rect.cy() - here.cy()).abs() * 8.0 + (rect.cx() - here.cx()).abs();
        ahead.min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)))
    };
    let place = match key {
        "ArrowRight" => places.get(at + 1),
        "ArrowLeft" => places.get(at.checked_sub(1)?),
        "ArrowDown" => vertical(true),
        "ArrowUp" => vertical(false),
        "Home" => places.first(),
        "End" => places.last(),
        _ => None,
    };
    place.map(|(thing, _)| *thing)
}

fn focus(id: &str) {
    let element = gloo::utils::document().get_element_by_id(id);
    if let Some(element) = element {
        // SVG elements have the method, too; only the binding's type differs.
        let _ = element.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}

/// Once what the message brings is drawn.
pub(super) fn focus_soon(id: String) {
    gloo::timers::callback::Timeout::new(0, move || focus(&id)).forget();
}

#[cfg(test)]
mod tests {
    use super::*;
    use vmcore::units::Pfn;

    fn places() -> Vec<(Thing, Rect)> {
        let place = |n: u32| {
            let rect = Rect { x: f64::from(n % 3) * 10.0, y: f64::from(n / 3) * 10.0, w: 8.0, h: 8.0 };
            (Thing::Frame(Pfn::new(n)), rect)
        };
        (0..6).map(place).collect()
    }

    fn from(n: u32, key: &str) -> Option<u32> {
        match neighbour(Thing::Frame(Pfn::new(n)), &places(), key) {
            Some(Thing::Frame(pfn)) => Some(pfn.get()),
            _ => None,
        }
    }

    #[test]
    fn arrow_keys_move_to_the_place_that_lies_there() {
        assert_eq!(from(1, "ArrowRight"), Some(2));
        assert_eq!(from(1, "ArrowDown"), Some(4));
        assert_eq!(from(5, "ArrowUp"), Some(2));
        assert_eq!(from(4, "Home"), Some(0));
        assert_eq!(from(0, "End"), Some(5));
        assert_eq!(from(0, "ArrowLeft"), None);
        assert_eq!(from(5, "ArrowDown"), None);
        assert_eq!(from(2, "x"), None);
    }
}
