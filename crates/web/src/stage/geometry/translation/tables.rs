//! Where the page tables' rows stand, and the wires that select them.

use super::{Wire, run};
use crate::present::scene::lit::{Light, Spot};
use crate::present::scene::translation::{Row, Table, Translation};
use crate::stage::geometry::shape::{Align, Pen, Rect, within};
use crate::stage::geometry::text::{Style, fit, width as text_width};
use crate::stage::geometry::{Density, Room};

/// Between the lanes of two wires.
const LANE: f64 = 11.0;

/// From bit to bit in a table that stands alone.
const PITCH: f64 = 17.0;
/// Room for where a row points, which a verdict fits into.
const TARGET: f64 = 90.0;

/// The width that the rows need.
pub(super) fn width(translation: &Translation) -> f64 {
    let columns = translation.columns.len() as f64;
    match levels(translation) {
        1 => index(translation) + 7.0 + 9.0 + columns * PITCH + TARGET,
        levels => levels as f64 * LANE + 24.0 + index(translation) + 14.0 + TARGET + columns * column(translation),
    }
}

/// Levels of the format: one field each, and the offset.
fn levels(translation: &Translation) -> usize {
    translation.address.fields.len() - 1
}

/// The longest index.
fn index(translation: &Translation) -> f64 {
    translation.index as f64 * text_width(Style::Code, "0")
}

/// A bit with its name.
fn column(translation: &Translation) -> f64 {
    let names = translation.columns.iter().map(|name| text_width(Style::CodeSmall, name));
    names.fold(0.0, f64::max) + 14.0
}

/// How a table's rows are cut.
#[derive(Clone, Copy)]
struct Cut {
    /// Left edge of the rows' boxes.
    left: f64,
    right: f64,
    /// The first bit's middle, and from bit to bit.
    bits: f64,
    pitch: f64,
    /// Height of a row, and of one that is not selected.
    h: f64,
    side: f64,
    gap: f64,
}

pub(super) fn draw(pen: &mut Pen, translation: &Translation, room: Room, density: Density, wires: &[Wire]) -> f64 {
    match &translation.tables[..] {
        [] => room.y,
        [only] if levels(translation) == 1 => draw_alone(pen, translation, only, room, density, wires.first()),
        many => draw_levels(pen, translation, many, room, density, wires),
    }
}

fn draw_alone(
    pen: &mut Pen,
    translation: &Translation,
    table: &Table,
    room: Room,
    density: Density,
    from: Option<&Wire>,
) -> f64 {
    let h = match (density, table.rows.len()) {
        (0, ..=8) => 25.0,
        (0, _) => 21.0,
        (1, _) => 18.5,
        (2, _) => 16.0,
        (3, _) => 14.0,
        _ => 12.5,
    };
    let left = room.x + index(translation) + 7.0;
    let right = room.x + room.w;
    let gap = if table.rows.len() <= 8 { 3.0 } else { 2.0 };
    let cut = Cut { left, right, bits: left + 13.0, pitch: PITCH, h, side: h, gap };
    let y = table_title(pen, translation, table, Room { y: room.y + 6.0, ..room });
    columns(pen, translation, &cut, y + 10.0);
    let mut y = y + 15.0;
    let top = y;
    for row in &table.rows {
        let rect = Rect { x: left, y, w: right - left, h };
        draw_row(pen, translation, row, rect, &cut);
        if let (true, Some(from)) = (row.selected, from) {
            select(pen, translation, from, room.x - 9.0, from.y + 3.0, Rect { x: room.x, ..rect }, row);
        }
        y += h + gap;
    }
    pen.anchor(Spot::Tables, Rect { x: room.x, y: top, w: room.w, h: y - top });
    y - gap
}

fn table_title(pen: &mut Pen, translation: &Translation, table: &Table, room: Room) -> f64 {
    pen.group("stage-table", translation.light, translation.pid);
    let note = text_width(Style::Note, &table.note) + 8.0;
    pen.text(room.x, room.y + 10.0, Style::Title, fit(Style::Title, &table.name, room.w - note));
    pen.aligned(room.x + room.w, room.y + 10.0, Style::Note, Align::End, table.note.clone());
    room.y + 15.0
}

fn columns(pen: &mut Pen, translation: &Translation, cut: &Cut, y: f64) {
    pen.group("stage-columns", translation.light, translation.pid);
    for (at, name) in translation.columns.iter().enumerate() {
        pen.aligned(cut.bits + at as f64 * cut.pitch, y, Style::CodeSmall, Align::Middle, name.clone());
    }
    pen.aligned(cut.right - 8.0, y, Style::Small, Align::End, "frame");
}

/// Levels from the root down, each the entry with its neighbours.
fn draw_levels(
    pen: &mut Pen,
    translation: &Translation,
    tables: &[Table],
    room: Room,
    density: Density,
    wires: &[Wire],
) -> f64 {
    let count = levels(translation) as f64;
    let lanes = count * LANE;
    let (h, side, between) = match density {
        0 => (24.0, 15.0, 19.0),
        1 => (22.0, 14.0, 14.0),
        2 => (20.0, 12.0, 11.0),
        _ => (18.0, 0.0, 9.0),
    };
    let left = room.x + lanes + 4.0;
    let right = room.x + room.w - 16.0;
    let (index, least) = (index(translation) + 14.0, column(translation));
    let free = (right - left - index - TARGET) / translation.columns.len().max(1) as f64;
    let cut =
        Cut { left, right, bits: left + index + least - 6.0, pitch: within(free, least, 28.0), h, side, gap: 2.0 };
    let mut y = room.y + count * 4.0 + 6.0;
    // Without an address there is but the root, and no entry that stands out.
    let whole = tables.len() == 1;
    let mut before: Option<Rect> = None;
    for (at, table) in tables.iter().enumerate() {
        let title = Rect { x: left, y, w: level_title(pen, translation, table, left, y, right - left), h: 14.0 };
        if let (Some(entry), Some(_)) = (before, table.id) {
            follow(pen, translation, entry, title, right + 10.0);
        }
        y += 18.0;
        before = None;
        for row in &table.rows {
            let h = if row.selected || whole { cut.h } else { cut.side };
            let rect = Rect { x: left, y, w: right - left, h };
            if h > 0.0 {
                draw_row(pen, translation, row, rect, &cut);
                y += h + cut.gap;
            }
            if row.selected {
                before = Some(rect);
                if let Some(from) = wires.get(at) {
                    let channel = from.y + 2.0 + 4.0 * at as f64;
                    select(pen, translation, from, room.x + at as f64 * LANE - 2.0, channel, rect, row);
                }
            }
        }
        y += between;
    }
    pen.anchor(Spot::Tables, Rect { x: left, y: room.y, w: right - left, h: y - room.y });
    y - between
}

/// The level's name and which table it is; how wide both are.
fn level_title(pen: &mut Pen, translation: &Translation, table: &Table, x: f64, y: f64, most: f64) -> f64 {
    pen.group("stage-level", translation.light, translation.pid);
    let name = fit(Style::Title, &table.name, most * 0.5);
    let x_note = x + text_width(Style::Title, &name) + 10.0;
    let note = fit(Style::Note, &table.note, most - (x_note - x) - 14.0);
    let end = x_note + text_width(Style::Note, &note);
    pen.text(x, y + 11.0, Style::Title, name);
    pen.text(x_note, y + 11.0, Style::Note, note);
    end - x
}

/// A field's wire: from below its label to its row.
fn select(pen: &mut Pen, translation: &Translation, from: &Wire, lane: f64, channel: f64, row: Rect, entry: &Row) {
    let light = if entry.light == Light::Lit { Light::Lit } else { from.light };
    pen.group("stage-select", light.max(Light::Near), translation.pid);
    let end = row.x - 3.0;
    let y = row.cy();
    let class = match light {
        Light::Lit => "stage-wire-lit",
        Light::Near => "stage-wire",
        Light::Far => "stage-wire-far",
    };
    run(pen, &[(from.x, from.y), (from.x, channel), (lane, channel), (lane, y), (end, y)], -4.0, class, light);
}

/// From an entry to the table that it points at.
fn follow(pen: &mut Pen, translation: &Translation, entry: Rect, title: Rect, lane: f64) {
    pen.group("stage-follow", Light::Near, translation.pid);
    let end = title.right() + 9.0;
    let y = title.cy() + 0.5;
    let way = [(entry.right(), entry.cy()), (lane, entry.cy()), (lane, y), (end, y)];
    run(pen, &way, 4.0, "stage-follow", Light::Near);
}

fn draw_row(pen: &mut Pen, translation: &Translation, row: &Row, rect: Rect, cut: &Cut) {
    let spot = Spot::Thing(row.thing);
    let fails = row.verdict.is_some();
    let class = match (fails, row.selected, row.empty) {
        (true, ..) => "stage-row-fails",
        (_, true, _) => "stage-row-selected",
        (.., true) => "stage-row-empty",
        _ => "stage-row",
    };
    let light = row.light.max(if row.light == Light::Lit { Light::Lit } else { translation.light });
    pen.place(class, spot, light, translation.pid);
    pen.rect(rect, 3.0, "stage-row-box");
    let many = cut.bits - cut.left > 20.0;
    let style = if rect.h < 16.0 { Style::CodeSmall } else { Style::Code };
    let y = rect.cy() + style.size() * 0.35;
    match many {
        true => pen.classed(rect.x + 7.0, y, style, Align::Start, "stage-index", row.label.clone()),
        false => pen.classed(rect.x - 7.0, y, style, Align::End, "stage-index", row.label.clone()),
    }
    if row.selected || !many {
        for (at, bit) in row.bits.iter().enumerate() {
            let class = match (bit.fails, bit.changed, bit.on) {
                (true, ..) => "stage-bit-fails",
                (_, true, _) => "stage-bit-changed",
                (.., true) => "stage-bit-on",
                _ => "stage-bit-off",
            };
            let x = cut.bits + at as f64 * cut.pitch;
            let content = if bit.on { "1" } else { "0" };
            if let (true, Some(name)) = (many, translation.columns.get(at)) {
                // The name stands at its bit: there is no head to look up.
                pen.classed(x - 5.0, y, Style::CodeSmall, Align::End, "stage-dim", name.clone());
            }
            pen.classed(x, y, style, Align::Middle, class, content);
        }
    }
    draw_target(pen, row, rect, cut, style, y);
    pen.anchor(spot, rect);
    pen.hit(spot, rect, format!("entry {}, {}", row.label, row.target));
}

/// Where the entry points; or why it stops; or where it will point.
fn draw_target(pen: &mut Pen, row: &Row, rect: Rect, cut: &Cut, style: Style, y: f64) {
    let right = cut.right - 8.0;
    if let Some(ghost) = &row.ghost {
        let w = text_width(style, ghost) + 10.0;
        pen.rect(Rect { x: right + 4.0 - w, y: rect.y + 2.0, w, h: rect.h - 4.0 }, 3.0, "stage-ghost-box");
        pen.classed(right - 1.0, y, style, Align::End, "stage-ghost-text", ghost.clone());
        return;
    }
    let arrow = !row.empty && cut.bits - cut.left > 20.0;
    let text = if arrow { format!("→ {}", row.target) } else { row.target.clone() };
    // A page in swap or nowhere is told by the verdict itself; another's frame only where it has room beside it.
    let present = row.bits.first().is_some_and(|present| present.on);
    if let Some(verdict) = &row.verdict {
        let w = text_width(Style::Pill, verdict) + 12.0;
        let beside = right - text_width(style, &text) - 6.0;
        let bits = cut.bits + row.bits.len().saturating_sub(1) as f64 * cut.pitch + 6.0;
        let keeps = present && beside - w >= bits;
        let end = if keeps { beside } else { right + 4.0 };
        let h = (rect.h - 3.0).min(16.0);
        pen.rect(Rect { x: end - w, y: rect.cy() - h / 2.0, w, h }, h / 2.0, "stage-verdict");
        pen.classed(end - w / 2.0, rect.cy() + 3.6, Style::Pill, Align::Middle, "stage-verdict-text", verdict.clone());
        if !keeps {
            return;
        }
    }
    let class = if row.empty { "stage-dim" } else { "" };
    pen.classed(right, y, style, Align::End, class, text);
}
