//! Where the page tables' rows stand, and the wires that select them.

use super::{Wire, wire};
use crate::present::scene::lit::{Light, Spot};
use crate::present::scene::translation::{Row, Table, Translation};
use crate::stage::geometry::arrows::rounded;
use crate::stage::geometry::shape::{Align, Pen, Rect, within};
use crate::stage::geometry::text::{Style, fit, width as text_width};
use crate::stage::geometry::{Density, Room};
use crate::stage::path::line;

/// Between the lanes of two wires.
const LANE: f64 = 11.0;

/// Room for a row's index, and for where it points.
const INDEX: f64 = 44.0;
const TARGET: f64 = 86.0;

/// The width that the rows of so many levels need.
pub(super) fn width(table: &Table, levels: usize) -> f64 {
    let columns = table.columns.len() as f64 * column(table);
    levels as f64 * LANE + 24.0 + INDEX + TARGET + columns
}

/// A bit with its name.
fn column(table: &Table) -> f64 {
    let names = table.columns.iter().map(|name| text_width(Style::CodeSmall, name));
    names.fold(0.0, f64::max) + 12.0
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
        [only] => draw_alone(pen, translation, only, room, density, wires.first()),
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
    let labels = table.rows.iter().map(|row| text_width(Style::Code, &row.label)).fold(0.0, f64::max);
    let left = room.x + labels + 7.0;
    let right = room.x + room.w;
    let pitch = if table.columns.len() > 5 { 17.0 } else { 19.0 };
    let gap = if table.rows.len() <= 8 { 3.0 } else { 2.0 };
    let cut = Cut { left, right, bits: left + 15.0, pitch, h, side: h, gap };
    let y = table_title(pen, translation, table, Room { y: room.y + 6.0, ..room });
    columns(pen, translation, table, &cut, y + 10.0);
    let mut y = y + 15.0;
    let top = y;
    for row in &table.rows {
        let rect = Rect { x: left, y, w: right - left, h };
        draw_row(pen, translation, &table.columns, row, rect, &cut);
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

fn columns(pen: &mut Pen, translation: &Translation, table: &Table, cut: &Cut, y: f64) {
    pen.group("stage-columns", translation.light, translation.pid);
    for (at, name) in table.columns.iter().enumerate() {
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
    let lanes = wires.len() as f64 * LANE;
    let (h, side, between) = match density {
        0 => (24.0, 15.0, 19.0),
        1 => (22.0, 14.0, 14.0),
        2 => (20.0, 12.0, 11.0),
        _ => (18.0, 0.0, 9.0),
    };
    let left = room.x + lanes + 4.0;
    let right = room.x + room.w - 16.0;
    let free = (right - left - INDEX - TARGET) / tables[0].columns.len().max(1) as f64;
    let pitch = within(free, column(&tables[0]), 28.0);
    let cut = Cut { left, right, bits: left + INDEX + column(&tables[0]) - 4.0, pitch, h, side, gap: 2.0 };
    let mut y = room.y + wires.len() as f64 * 4.0 + 6.0;
    let mut before: Option<Rect> = None;
    for (at, table) in tables.iter().enumerate() {
        let title = Rect { x: left, y, w: level_title(pen, translation, table, left, y, right - left), h: 14.0 };
        if let (Some(entry), Some(_)) = (before, table.id) {
            follow(pen, translation, entry, title, right + 10.0);
        }
        y += 18.0;
        before = None;
        for row in &table.rows {
            let h = if row.selected { cut.h } else { cut.side };
            let rect = Rect { x: left, y, w: right - left, h };
            if h > 0.0 {
                draw_row(pen, translation, &table.columns, row, rect, &cut);
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
    let d = rounded(&[(from.x, from.y), (from.x, channel), (lane, channel), (lane, y), (end, y)]);
    wire(pen, d + &line(&[(end - 4.0, y - 3.0), (end, y), (end - 4.0, y + 3.0)]), light);
}

/// From an entry to the table that it points at.
fn follow(pen: &mut Pen, translation: &Translation, entry: Rect, title: Rect, lane: f64) {
    pen.group("stage-follow", Light::Near, translation.pid);
    let end = title.right() + 9.0;
    let y = title.cy() + 0.5;
    let d = rounded(&[(entry.right(), entry.cy()), (lane, entry.cy()), (lane, y), (end, y)]);
    let d = d + &line(&[(end + 4.0, y - 3.0), (end, y), (end + 4.0, y + 3.0)]);
    pen.mark(crate::stage::geometry::shape::Mark::Line { d, class: "stage-follow" });
}

fn draw_row(pen: &mut Pen, translation: &Translation, names: &[String], row: &Row, rect: Rect, cut: &Cut) {
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
            if let (true, Some(name)) = (many, names.get(at)) {
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
    // A page in swap or nowhere is told by the verdict itself.
    let keeps = row.bits.first().is_some_and(|present| present.on);
    if let Some(verdict) = &row.verdict {
        let w = text_width(Style::Pill, verdict) + 12.0;
        let end = if keeps { right - text_width(style, &row.target) - 6.0 } else { right + 4.0 };
        let h = (rect.h - 3.0).min(16.0);
        pen.rect(Rect { x: end - w, y: rect.cy() - h / 2.0, w, h }, h / 2.0, "stage-verdict");
        pen.classed(end - w / 2.0, rect.cy() + 3.6, Style::Pill, Align::Middle, "stage-verdict-text", verdict.clone());
        if !keeps {
            return;
        }
    }
    let class = if row.empty { "stage-dim" } else { "" };
    let text = if row.empty || cut.bits - cut.left < 20.0 { row.target.clone() } else { format!("→ {}", row.target) };
    pen.classed(right, y, style, Align::End, class, text);
}
