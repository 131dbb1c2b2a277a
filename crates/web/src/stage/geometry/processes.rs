//! Where the processes' cards stand.

use super::shape::{Align, Hit, Mark, PageHit, Pen, Rect};
use super::text::{Style, fit, width};
use super::{Density, Room};
use crate::present::scene::Scene;
use crate::present::scene::lit::{Light, Spot};
use crate::present::scene::processes::{Card, Cell, Gap, Item, More, PageState, Region};
use crate::seam::Thing;
use crate::stage::path::line;

const PAD: f64 = 10.0;

/// The measures of one density.
struct Measures {
    header: f64,
    gap: f64,
    /// Whether gaps are labelled, unless they are spoken of.
    gap_text: bool,
    title: f64,
    cell: f64,
    label: f64,
    below: f64,
    between: f64,
}

/// From roomy to tight: header, gap, its text, title, cell, label, below a region, between cards.
const MEASURES: [Measures; 6] = [
    measures(36.0, 17.0, true, 23.0, 42.0, 15.0, 13.0, 16.0),
    measures(33.0, 15.0, true, 20.0, 36.0, 15.0, 9.0, 14.0),
    measures(29.0, 13.0, true, 18.0, 25.0, 14.0, 6.0, 10.0),
    measures(27.0, 11.0, true, 18.0, 19.0, 13.0, 5.0, 8.0),
    measures(26.0, 4.0, false, 17.0, 16.0, 13.0, 4.0, 6.0),
    measures(25.0, 4.0, false, 17.0, 13.0, 0.0, 4.0, 6.0),
];

#[allow(clippy::too_many_arguments, reason = "one row of the table above")]
const fn measures(
    header: f64,
    gap: f64,
    gap_text: bool,
    title: f64,
    cell: f64,
    label: f64,
    below: f64,
    between: f64,
) -> Measures {
    Measures { header, gap, gap_text, title, cell, label, below, between }
}

pub(super) fn draw(pen: &mut Pen, scene: &Scene, room: Room, density: Density) -> f64 {
    let m = &MEASURES[usize::from(density).min(MEASURES.len() - 1)];
    let mut y = room.y;
    for card in &scene.processes {
        y = draw_card(pen, card, Room { y, ..room }, m) + m.between;
    }
    if scene.processes.is_empty() {
        pen.plain("stage-empty");
        pen.text(room.x, y + 12.0, Style::Note, "No process has begun.");
        return y + 20.0;
    }
    if scene.more_processes > 0 {
        pen.plain("stage-more");
        return super::more(pen, Room { y, ..room }, &format!("… {} more processes", scene.more_processes));
    }
    y - m.between
}

fn draw_card(pen: &mut Pen, card: &Card, room: Room, m: &Measures) -> f64 {
    // The frame is drawn first and sized last.
    let spot = Spot::Thing(Thing::Process(card.pid));
    let class = match (card.running, card.alive) {
        (true, _) => "stage-card-running",
        (false, true) => "stage-card",
        (false, false) => "stage-card-gone",
    };
    let light = card.light.max(Light::Near.min(card.light));
    pen.place(class, spot, light, Some(card.pid));
    let frame = pen.groups.len() - 1;
    header(pen, card, room, m);
    let mut y = room.y + m.header;
    let inner = Room { x: room.x + PAD, y, w: room.w - 2.0 * PAD };
    for item in &card.items {
        y = match item {
            Item::Gap(gap) => draw_gap(pen, gap, card, Room { y, ..inner }, m),
            Item::Region(region) => draw_region(pen, region, card, Room { y, ..inner }, m),
        };
    }
    if card.more_regions > 0 {
        pen.group("stage-more", card.light, Some(card.pid));
        y = super::more(pen, Room { y, ..inner }, &format!("… {} more regions", card.more_regions)) + 2.0;
    }
    let rect = Rect { x: room.x, y: room.y, w: room.w, h: y + 2.0 - room.y };
    pen.groups[frame].marks.insert(0, Mark::Box { rect, radius: 7.0, class: "stage-card-frame" });
    let head = Rect { h: m.header - 4.0, ..rect };
    pen.anchor(spot, head);
    pen.hit(spot, head, format!("process {}, {}", card.name, card.status));
    y + 2.0
}

fn header(pen: &mut Pen, card: &Card, room: Room, m: &Measures) {
    let cy = room.y + m.header / 2.0 - 1.0;
    let r = if m.header > 30.0 { 9.5 } else { 8.0 };
    let content = card.badge.clone();
    pen.mark(Mark::Badge { x: room.x + PAD + r, y: cy, r, pid: card.pid, ghost: false, content });
    let x = room.x + PAD + 2.0 * r + 7.0;
    let name = if card.name == card.badge { format!("process {}", card.name) } else { card.name.clone() };
    let free = room.w - (x - room.x) - PAD;
    let name = fit(Style::Title, &name, free);
    let left = free - width(Style::Title, &name) - 8.0;
    pen.text(x, cy + 4.0, Style::Title, name);
    // The status is told by the card's frame as well: the name goes first.
    if width(Style::Note, card.status) <= left {
        pen.aligned(room.x + room.w - PAD, cy + 4.0, Style::Note, Align::End, card.status);
    }
}

fn draw_gap(pen: &mut Pen, gap: &Gap, card: &Card, room: Room, m: &Measures) -> f64 {
    let spoken = m.gap_text || gap.light == Light::Lit;
    let h = if spoken { m.gap.max(13.0) } else { m.gap };
    let rect = super::strip(room, room.y, h);
    let light =
        gap.light.min(Light::Near).max(if gap.light == Light::Lit { Light::Lit } else { card.light.max(Light::Near) });
    let class = match (gap.light, gap.asked) {
        (Light::Lit, Some(Spot::Gap { freed: true, .. })) => "stage-gap-freed",
        (Light::Lit, _) => "stage-gap-asked",
        _ => "stage-gap",
    };
    pen.group(class, light, Some(card.pid));
    pen.rect(rect, 3.0, "stage-gap-hatch");
    if spoken {
        let whole = width(Style::CodeSmall, &gap.text) <= room.w - 14.0;
        let text = fit(Style::CodeSmall, if whole { &gap.text } else { &gap.short }, room.w - 14.0);
        let w = width(Style::CodeSmall, &text) + 10.0;
        pen.rect(Rect { x: rect.cx() - w / 2.0, w, ..rect }, 0.0, "stage-gap-clear");
        pen.aligned(rect.cx(), rect.cy() + 3.5, Style::CodeSmall, Align::Middle, text);
    }
    if let Some(spot) = gap.asked {
        pen.anchor(spot, rect);
    }
    room.y + h + 5.0
}

fn draw_region(pen: &mut Pen, region: &Region, card: &Card, room: Room, m: &Measures) -> f64 {
    let spot = Spot::Region { pid: card.pid, start: region.start };
    let top = room.y;
    let light = if region.light == Light::Lit { Light::Lit } else { card.light.max(Light::Near) };
    pen.group("stage-region", light, Some(card.pid));
    let frame = pen.groups.len() - 1;
    let rights = &region.rights;
    let free = room.w - width(Style::CodeSmall, rights) - 22.0;
    pen.mark(Mark::Texture { rect: Rect { x: room.x, y: top + 3.0, w: 9.0, h: 9.0 }, texture: region.texture });
    let name = if width(Style::Note, &region.name) <= free { &region.name } else { &region.short };
    let mut name = fit(Style::Note, name, free);
    // Cells too small for their numbers are told by the first and the last.
    let numbered = format!("{name}  {}", region.pages);
    if grid(region.cells.len(), room.w, m).label <= 5.0 && width(Style::Note, &numbered) <= free {
        name = numbered;
    }
    pen.text(room.x + 14.0, top + 11.5, Style::Note, name);
    pen.aligned(room.x + room.w, top + 11.5, Style::CodeSmall, Align::End, rights.clone());
    let mut y = top + m.title;
    if let Some(address) = &region.address {
        pen.text(room.x, y + 5.0, Style::CodeSmall, fit(Style::CodeSmall, address, room.w));
        y += 14.0;
    }
    let title = Rect { x: room.x, y: top, w: room.w, h: y - top - 6.0 };
    if region.light == Light::Lit {
        // It may touch neither the cells above nor those below.
        let strip = Rect { x: title.x - 3.0, y: title.y - 1.0, w: title.w + 6.0, h: title.h + 4.0 };
        pen.groups[frame].marks.insert(0, Mark::Box { rect: strip, radius: 4.0, class: "stage-region-lit" });
    }
    pen.anchor(spot, title);
    y = draw_cells(pen, region, card, Room { y, ..room }, m);
    if let Some(words) = left_out(region.more) {
        pen.group("stage-more", card.light, Some(card.pid));
        y = super::more(pen, Room { y: y - 4.0, ..room }, &words) + 3.0;
    }
    y + m.below - 4.0
}

/// The pages of a region that are not drawn, in words.
fn left_out(more: More) -> Option<String> {
    match (more.touched, more.untouched) {
        (0, 0) => None,
        (0, none) => Some(format!("… {none} more pages, none touched")),
        (all, 0) => Some(format!("… {all} more pages, all touched")),
        (some, none) => Some(format!("… {some} more touched, {none} not")),
    }
}

/// How a region's cells are arranged.
struct Grid {
    columns: usize,
    w: f64,
    h: f64,
    gap: f64,
    label: f64,
}

fn grid(cells: usize, w: f64, m: &Measures) -> Grid {
    let (least, gap) = if cells > 24 { (9.0, 2.0) } else { (20.0, 4.0) };
    let most = (((w + gap) / (least + gap)) as usize).max(1);
    let rows = cells.div_ceil(most).max(1);
    let columns = cells.div_ceil(rows).max(1);
    // A lone cell is not as wide as its region.
    let each = ((w + gap) / columns.max(4) as f64) - gap;
    let label = if cells > 24 { 3.0 } else { m.label };
    Grid { columns, w: each, h: if cells > 24 { m.cell.min(13.0) } else { m.cell }, gap, label }
}

fn draw_cells(pen: &mut Pen, region: &Region, card: &Card, room: Room, m: &Measures) -> f64 {
    let grid = grid(region.cells.len(), room.w, m);
    let pitch = grid.h + grid.label + if grid.label > 5.0 { 7.0 } else { 3.0 };
    let rows = region.cells.len().div_ceil(grid.columns);
    for (at, cell) in region.cells.iter().enumerate() {
        let (column, row) = ((at % grid.columns) as f64, (at / grid.columns) as f64);
        let rect = Rect { x: room.x + column * (grid.w + grid.gap), y: room.y + row * pitch, w: grid.w, h: grid.h };
        draw_cell(pen, cell, card, rect, &grid);
    }
    room.y + rows as f64 * pitch - if grid.label > 5.0 { 4.0 } else { 0.0 }
}

fn draw_cell(pen: &mut Pen, cell: &Cell, card: &Card, rect: Rect, grid: &Grid) {
    let thing = Thing::Page { pid: cell.pid, vpn: cell.vpn };
    let spot = Spot::Thing(thing);
    let light = if cell.light == Light::Far { card.light.max(Light::Near) } else { cell.light };
    pen.place(class(cell.state), spot, light, Some(cell.pid));
    pen.rect(rect, 3.0, "stage-cell");
    match cell.state {
        PageState::PastEnd => pen.rect(rect, 3.0, "stage-cell-past"),
        PageState::Writable | PageState::CopyOnWrite => {
            // In a low cell it stands on the edge, to keep clear of the letter.
            let y = rect.bottom() - if rect.h >= 18.0 { 3.5 } else { 1.5 };
            pen.mark(Mark::Line {
                d: line(&[(rect.x + 3.0, y), (rect.right() - 3.0, y)]),
                class: if cell.state == PageState::Writable { "stage-cell-write" } else { "stage-cell-cow" },
            });
        }
        _ => {}
    }
    if let Some(letter) = cell.letter {
        let (style, drop) = if rect.h >= 24.0 { (Style::Letter, 5.0) } else { (Style::CodeSmall, 2.3) };
        if width(style, "M") <= rect.w && style.size() <= rect.h {
            let up = if rect.h < 18.0 { 0.4 } else { 0.0 };
            pen.aligned(rect.cx(), rect.cy() + drop - up, style, Align::Middle, letter.to_string());
        }
    }
    if cell.dirty && rect.w >= 18.0 {
        pen.mark(Mark::Pencil { x: rect.right() - 9.5, y: rect.y + 2.5 });
    }
    if grid.label > 5.0 {
        pen.aligned(rect.cx(), rect.bottom() + 11.0, Style::CodeSmall, Align::Middle, label(&cell.label, rect.w));
    }
    pen.anchor(spot, rect);
    let page = Some(PageHit { pid: cell.pid, vpn: cell.vpn, va: cell.va });
    pen.hits.push(Hit { spot, rect: rect.grown(grid.gap / 2.0), words: cell.words.clone(), page });
}

/// As many of the last digits as there is room for.
fn label(digits: &str, w: f64) -> String {
    let most = ((w + 2.0) / width(Style::CodeSmall, "0")) as usize;
    digits[digits.len() - digits.len().min(most)..].to_owned()
}

fn class(state: PageState) -> &'static str {
    match state {
        PageState::Absent => "stage-page-absent",
        PageState::ReadOnly => "stage-page-read-only",
        PageState::Writable => "stage-page-writable",
        PageState::CopyOnWrite => "stage-page-copy-on-write",
        PageState::Swapped => "stage-page-swapped",
        PageState::PastEnd => "stage-page-past-end",
        PageState::Zero => "stage-page-zero",
        PageState::Forbidden => "stage-page-forbidden",
    }
}
