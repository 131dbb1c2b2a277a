//! Where the policy's pages stand: in lines, or on a clock's face.

use super::shape::{Align, Mark, Pen, Rect};
use super::text::{Style, fit, width};
use super::{Density, Room};
use crate::present::scene::lit::{Light, Spot};
use crate::present::scene::policy::{Line, Place, Policy};
use crate::stage::path::line as path;
use std::f64::consts::FRAC_1_SQRT_2;

/// The height of a page's box.
const BOX: f64 = 14.0;
/// Between boxes.
const GAP: f64 = 2.0;

/// Its name and rule, and below them its pages.
pub(super) fn draw(pen: &mut Pen, policy: &Policy, room: Room, density: Density) -> f64 {
    let top = room.y;
    // What is lit is the pages: the rule is the same at all times.
    pen.group("stage-policy-rule", policy.light.max(Light::Near), None);
    title(pen, policy, room);
    pen.place("stage-policy", Spot::Policy, policy.light, None);
    let mut y = top + 15.0;
    let face = policy.face && density <= 2;
    for line in &policy.lines {
        let room = Room { y, ..room };
        y = if face { clock(pen, line, room) } else { row(pen, line, room, density) + 1.0 };
    }
    pen.anchor(Spot::Policy, Rect { x: room.x, y: top - 1.0, w: room.w, h: y - top });
    y
}

fn title(pen: &mut Pen, policy: &Policy, room: Room) {
    let base = room.y + 9.0;
    pen.text(room.x, base, Style::Note, policy.name);
    let x = room.x + width(Style::Note, policy.name) + 6.0;
    let free = room.x + room.w - x;
    let said = match &policy.dial {
        Some(dial) => dial,
        None => policy.rule,
    };
    if width(Style::Small, said) <= free {
        pen.aligned(room.x + room.w, base, Style::Small, Align::End, said);
    }
}

/// A line's pages, in as many rows as they need; their notes below or, where these are long, beside them.
fn row(pen: &mut Pen, line: &Line, room: Room, density: Density) -> f64 {
    let most = if density >= 4 { 10 } else { line.places.len() };
    let shown = &line.places[..most.min(line.places.len())];
    let widest =
        |text: fn(&Place) -> &str| shown.iter().map(|place| width(Style::CodeSmall, text(place))).fold(0.0, f64::max);
    let (pages, notes) = (widest(|place| &place.page), widest(|place| &place.note));
    let beside = notes > 24.0;
    let w = if beside { pages + 6.0 } else { pages.max(notes).max(8.0) + 6.0 };
    let each = w + GAP + if beside { notes + 5.0 } else { 0.0 };
    let h = BOX + if notes > 0.0 && !beside { 11.0 } else { 0.0 } + GAP;
    let lead = if notes > 0.0 && !beside { line.notes } else { "" };
    let name = width(Style::Small, &line.name).max(width(Style::Small, lead));
    let x = room.x + if name > 0.0 { name + 5.0 } else { 0.0 };
    let columns = (((room.x + room.w - x + GAP) / each) as usize).max(1);
    pen.text(room.x, room.y + 10.0, Style::Small, line.name.as_str());
    if shown.is_empty() {
        pen.classed(x, room.y + 10.0, Style::Small, Align::Start, "stage-dim", "–");
        return room.y + BOX + GAP;
    }
    for (at, place) in shown.iter().enumerate() {
        let (column, row) = ((at % columns) as f64, (at / columns) as f64);
        let rect = Rect { x: x + column * each, y: room.y + row * h, w, h: BOX };
        if column == 0.0 && !lead.is_empty() {
            pen.classed(room.x, rect.bottom() + 9.0, Style::Small, Align::Start, "stage-dim", lead);
        }
        chip(pen, place, line.ghosts, rect);
        let (x, y, align) = match beside {
            true => (rect.right() + 3.0, rect.y + 10.5, Align::Start),
            false => (rect.cx(), rect.bottom() + 9.0, Align::Middle),
        };
        pen.aligned(x, y, Style::CodeSmall, align, place.note.as_str());
    }
    let y = room.y + shown.len().div_ceil(columns) as f64 * h;
    match line.more + line.places.len() - shown.len() {
        0 => y,
        more => super::more(pen, Room { y, ..room }, &format!("… {more} more")),
    }
}

fn chip(pen: &mut Pen, place: &Place, ghost: bool, rect: Rect) {
    let class = match (ghost, place.next) {
        (true, _) => "stage-order-ghost",
        (_, true) => "stage-order-next",
        (_, false) => "stage-order",
    };
    pen.rect(rect, 2.0, class);
    let style = if ghost { "stage-dim" } else { "" };
    let page = fit(Style::CodeSmall, &place.page, rect.w);
    pen.classed(rect.cx(), rect.y + 10.5, Style::CodeSmall, Align::Middle, style, page);
}

/// Cosine and sine of one place's share of a turn, for 1 to 12 places.
const TURNS: [(f64, f64); 12] = [
    (1.0, 0.0),
    (-1.0, 0.0),
    (-0.5, 0.866),
    (0.0, 1.0),
    (0.309, 0.951),
    (0.5, 0.866),
    (0.6235, 0.7818),
    (FRAC_1_SQRT_2, FRAC_1_SQRT_2),
    (0.766, 0.6428),
    (0.809, 0.5878),
    (0.8413, 0.5406),
    (0.866, 0.5),
];

/// A face with a place for each frame, clockwise from the top: its page, and below it the reference bit. The hand points
/// at the place that is looked at next.
fn clock(pen: &mut Pen, line: &Line, room: Room) -> f64 {
    let count = line.places.len();
    let Some(&(cos, sin)) = TURNS.get(count.wrapping_sub(1)) else { return room.y };
    let (w, h) = (22.0, BOX + 10.0);
    // As far out as neighbours need on the sides, where they stand one above the other.
    let r = (if sin > 0.0 { (h + 2.0) / sin } else { 0.0 }).max(28.0);
    let (cx, cy) = (room.x + room.w / 2.0, room.y + r + h / 2.0 + 2.0);
    pen.text(room.x, room.y + 9.0, Style::Small, "page");
    pen.text(room.x, room.y + 20.0, Style::Small, line.notes);
    let (mut dx, mut dy) = (0.0, -r);
    for place in &line.places {
        let rect = Rect { x: cx + dx - w / 2.0, y: cy + dy - h / 2.0, w, h: BOX };
        chip(pen, place, false, rect);
        pen.aligned(rect.cx(), rect.bottom() + 9.0, Style::CodeSmall, Align::Middle, place.note.as_str());
        if place.next {
            let tip = 1.0 - 16.0 / r;
            pen.mark(Mark::Line { d: path(&[(cx, cy), (cx + dx * tip, cy + dy * tip)]), class: "stage-hand" });
        }
        (dx, dy) = (dx * cos - dy * sin, dx * sin + dy * cos);
    }
    cy + r + h / 2.0
}
