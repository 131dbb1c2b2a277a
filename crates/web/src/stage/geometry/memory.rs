//! Where frames and the page cache stand.

use super::shape::{Align, Mark, Pen, Rect};
use super::text::{Style, fit, width};
use super::{Density, Room, Squares};
use crate::present::scene::Scene;
use crate::present::scene::content::Texture;
use crate::present::scene::lit::Spot;
use crate::present::scene::memory::{Badge, CachedFile, CachedPage, FrameView, Memory, ROW};

/// How frames are drawn.
enum Look {
    /// Two lines: content, holder and mappers.
    Card,
    /// One line: content, holder and mappers; in so many columns.
    Line(usize),
    /// A square with a letter.
    Square,
}

pub(super) fn draw(pen: &mut Pen, scene: &Scene, room: Room, density: Density) -> f64 {
    let memory = &scene.memory;
    let count = memory.frames.len();
    let look = match density {
        0 | 1 if count <= 12 => Look::Card,
        0..=2 if count <= 22 => Look::Line(1),
        // Where zones are stacked arrows come from the right, and would cross the second column.
        0..=3 if count <= 64 && !scene.compact => Look::Line(2),
        _ => Look::Square,
    };
    let mut y = match look {
        Look::Card => cards(pen, memory, room, density),
        Look::Line(columns) => lines(pen, memory, room, columns),
        Look::Square => squares(pen, memory, room, density),
    };
    if memory.more > 0 {
        pen.plain("stage-more");
        let text = format!("… {} more, {} free", memory.more, memory.free);
        y = super::more(pen, Room { y, ..room }, &text);
    }
    if let Some(zero) = &scene.zero {
        y = super::zero::draw(pen, zero, Room { y, ..room });
    }
    y = super::policy::draw(pen, &memory.policy, Room { y: y + 8.0, ..room }, density);
    cache(pen, &memory.cache, Room { y: y + 14.0, ..room }, density)
}

fn cards(pen: &mut Pen, memory: &Memory, room: Room, density: Density) -> f64 {
    let roomy = density == 0 && memory.frames.len() <= 8;
    let h = if roomy { 41.0 } else { 34.0 };
    let pitch = h + if roomy { 8.0 } else { 4.0 };
    for (at, frame) in memory.frames.iter().enumerate() {
        let rect = Rect { x: room.x, y: room.y + at as f64 * pitch, w: room.w, h };
        open(pen, frame, rect);
        let first = rect.y + h * 0.42;
        pen.classed(rect.x + 10.0, first, Style::Code, Align::Start, "stage-number", frame.pfn.to_string());
        let x = rect.x + 28.0;
        let room_for_content = rect.right() - x - if frame.dirty { 14.0 } else { 4.0 };
        content(pen, frame, x, first, Style::CodeSmall, room_for_content);
        if frame.dirty {
            pen.mark(Mark::Pencil { x: rect.right() - 12.0, y: rect.y + 4.0 });
        }
        let badges = badges(pen, &frame.mappers, rect.right() - 5.0, rect.bottom() - 10.5);
        if !frame.free {
            pen.text(x, rect.bottom() - 7.0, Style::Small, said(frame, badges - x - 4.0));
        }
        close(pen, frame, rect);
    }
    room.y + memory.frames.len() as f64 * pitch - (pitch - h)
}

fn lines(pen: &mut Pen, memory: &Memory, room: Room, columns: usize) -> f64 {
    let (pitch, gutter) = (21.0, 6.0);
    let rows = memory.frames.len().div_ceil(columns);
    let w = (room.w + gutter) / columns as f64 - gutter;
    for (at, frame) in memory.frames.iter().enumerate() {
        let x = room.x + (at / rows) as f64 * (w + gutter);
        let rect = Rect { x, y: room.y + (at % rows) as f64 * pitch, w, h: 18.0 };
        open(pen, frame, rect);
        pen.classed(
            rect.x + 10.0,
            rect.cy() + 3.5,
            Style::CodeSmall,
            Align::Start,
            "stage-number",
            frame.pfn.to_string(),
        );
        let badges = badges(pen, &frame.mappers, rect.right() - 4.0, rect.cy());
        if frame.dirty {
            pen.mark(Mark::Pencil { x: badges - 9.0, y: rect.cy() - 4.0 });
        }
        let x = rect.x + 26.0;
        let right = badges - if frame.dirty { 12.0 } else { 3.0 };
        // A few bytes, and what the frame is; of one that goes, why.
        let few = width(Style::CodeSmall, "0") * if frame.victim.is_some() { 1.0 } else { 4.0 } + 8.0;
        let wanted = !frame.free && (columns == 1 || frame.victim.is_some());
        let said = if wanted { said(frame, right - x - few) } else { String::new() };
        let start = right - width(Style::Small, &said);
        pen.text(start, rect.cy() + 3.5, Style::Small, said.clone());
        let right = if said.is_empty() { right } else { start - 6.0 };
        content(pen, frame, x, rect.cy() + 3.5, Style::CodeSmall, right - x);
        close(pen, frame, rect);
    }
    room.y + rows as f64 * pitch - 3.0
}

fn squares(pen: &mut Pen, memory: &Memory, room: Room, density: Density) -> f64 {
    let most = if density >= 3 { 220.0 } else { 330.0 };
    let numbers: Vec<u64> = memory.frames.iter().map(|frame| frame.pfn.get().into()).collect();
    let squares = Squares::of(numbers.len(), numbers.last().copied().unwrap_or(0), room.w, most);
    pen.plain("stage-axis");
    squares.numbers(pen, room, &numbers);
    for (at, frame) in memory.frames.iter().enumerate() {
        let rect = squares.rect(room, at);
        pen.place(class(frame), Spot::frame(frame.pfn), frame.light, frame.mappers.first().map(|badge| badge.pid));
        pen.rect(rect, 2.0, "stage-frame-box");
        if !frame.free && rect.h >= 10.0 {
            let drop = 3.5;
            pen.aligned(rect.cx(), rect.cy() + drop, Style::CodeSmall, Align::Middle, frame.letter.to_string());
        }
        let spot = Spot::frame(frame.pfn);
        pen.anchor(spot, rect);
        pen.hit(spot, rect.grown(squares.gap / 2.0), words(frame));
    }
    room.y + squares.height(numbers.len())
}

/// What a frame holds, or why it goes; in the shortest words if there is little room.
fn said(frame: &FrameView, most: f64) -> String {
    let long = match &frame.victim {
        Some(why) => format!("goes: {why}"),
        None if frame.lost => format!("lost: {}", frame.holder),
        None => frame.holder.clone(),
    };
    if width(Style::Small, &long) <= most {
        return long;
    }
    match &frame.victim {
        Some(why) => fit(Style::Small, why, most),
        // It may end in a number, and no number is cut.
        None if width(Style::Small, &frame.short) <= most => frame.short.clone(),
        None => String::new(),
    }
}

fn class(frame: &FrameView) -> &'static str {
    match (frame.free, frame.victim.is_some()) {
        _ if frame.lost => "stage-frame-lost",
        _ if frame.table => "stage-frame-table",
        (true, _) => "stage-frame-free",
        (_, true) => "stage-frame-victim",
        (_, false) => "stage-frame",
    }
}

fn open(pen: &mut Pen, frame: &FrameView, rect: Rect) {
    pen.place(class(frame), Spot::frame(frame.pfn), frame.light, None);
    pen.rect(rect, 4.0, "stage-frame-box");
    if frame.texture != Texture::Plain {
        let strip = Rect { x: rect.x + 1.0, y: rect.y + 1.5, w: 5.0, h: rect.h - 3.0 };
        pen.mark(Mark::Texture { rect: strip, texture: frame.texture });
    }
}

fn close(pen: &mut Pen, frame: &FrameView, rect: Rect) {
    let spot = Spot::frame(frame.pfn);
    pen.anchor(spot, rect);
    pen.hit(spot, rect, words(frame));
}

fn words(frame: &FrameView) -> String {
    let dirty = if frame.dirty { ", dirty" } else { "" };
    format!("frame {}, {}{dirty}", frame.pfn, frame.holder)
}

/// The characters, with the byte that was loaded or stored marked.
fn content(pen: &mut Pen, frame: &FrameView, x: f64, y: f64, style: Style, most: f64) {
    let each = width(style, "0");
    let fitting = ((most / each).max(0.0)) as usize;
    let shown: String = frame.content.chars().take(fitting).collect();
    if let Some(at) = frame.hot.filter(|&at| at < fitting) {
        let rect =
            Rect { x: x + at as f64 * each - 0.5, y: y - style.size() * 0.86, w: each + 1.0, h: style.size() * 1.16 };
        pen.rect(rect, 1.5, "stage-byte");
    }
    pen.text(x, y, style, shown);
}

/// The mappers from right to left; where they end.
pub(super) fn badges(pen: &mut Pen, mappers: &[Badge], right: f64, cy: f64) -> f64 {
    let r = 6.5;
    let mut x = right;
    let shown = mappers.len().min(4);
    for badge in mappers[..shown].iter().rev() {
        let content = badge.text.clone();
        pen.mark(Mark::Badge { x: x - r, y: cy, r, pid: badge.pid, ghost: badge.ghost, content });
        x -= 2.0 * r + 2.5;
    }
    if mappers.len() > shown {
        let more = format!("+{}", mappers.len() - shown);
        x -= width(Style::Small, &more) + 2.0;
        pen.text(x, cy + 3.5, Style::Small, more);
    }
    x
}

fn cache(pen: &mut Pen, files: &[CachedFile], room: Room, density: Density) -> f64 {
    if files.is_empty() {
        return room.y - 14.0;
    }
    let mut y = room.y;
    pen.plain("stage-title");
    pen.text(room.x, y + 9.0, Style::Title, "page cache");
    if let [only] = files {
        let free = room.w - width(Style::Title, "page cache") - 8.0;
        let beside = width(Style::Note, &only.name) <= free;
        if !beside {
            pen.text(room.x, y + 22.0, Style::Note, fit(Style::Note, &only.name, room.w));
            y += 13.0;
        } else {
            pen.aligned(room.x + room.w, y + 9.0, Style::Note, Align::End, only.name.clone());
        }
    }
    y += 16.0;
    for file in files {
        if files.len() > 1 {
            pen.group("stage-cached-file", file.light, None);
            let note = width(Style::Small, &file.note) + 6.0;
            pen.text(room.x, y + 8.0, Style::Small, fit(Style::Small, &file.name, room.w - note));
            pen.aligned(room.x + room.w, y + 8.0, Style::Small, Align::End, file.note.clone());
            y += 12.0;
        }
        y = cached_pages(pen, file, Room { y, ..room }, density) + 6.0;
    }
    y - 6.0
}

fn cached_pages(pen: &mut Pen, file: &CachedFile, room: Room, density: Density) -> f64 {
    let mut y = if file.rows { cached_rows(pen, file, room) } else { cached_few(pen, file, room, density) };
    if file.more > 0 {
        pen.group("stage-more", file.light, None);
        y = super::more(pen, Room { y, ..room }, &format!("… {} more cached", file.more));
    }
    y
}

/// The widest of what stands in the cells.
fn widest(file: &CachedFile, arrow: &str) -> f64 {
    let text = |page: &CachedPage| width(Style::CodeSmall, &leads(page, arrow)) + if page.dirty { PENCIL } else { 0.0 };
    file.pages.iter().map(text).fold(0.0, f64::max)
}

/// Room for a pencil beside a text.
const PENCIL: f64 = 10.0;

/// A few pages: each cell leads to its frame, and its page's number stands below.
fn cached_few(pen: &mut Pen, file: &CachedFile, room: Room, density: Density) -> f64 {
    let gap = 3.0;
    let columns = file.pages.len().clamp(4, 5);
    let w = (room.w + gap) / columns as f64 - gap;
    let (h, label) = if density >= 3 { (14.0, 0.0) } else { (20.0, 12.0) };
    let arrow = if widest(file, "→") <= w - 2.0 { "→" } else { "" };
    for (at, page) in file.pages.iter().enumerate() {
        let (column, row) = ((at % columns) as f64, (at / columns) as f64);
        let rect = Rect { x: room.x + column * (w + gap), y: room.y + row * (h + label + 3.0), w, h };
        cached_page(pen, file, page, rect, label, arrow);
    }
    let rows = file.pages.len().div_ceil(columns).max(1);
    room.y + rows as f64 * (h + label + 3.0) - 3.0
}

/// Rows of a long file, each with the number of its first page before it.
fn cached_rows(pen: &mut Pen, file: &CachedFile, room: Room) -> f64 {
    let (h, gap) = (14.0, 2.0);
    let numbers = file.pages.iter().step_by(ROW as usize).map(|page| page.page.to_string());
    let axis = numbers.map(|number| width(Style::CodeSmall, &number)).fold(0.0, f64::max) + 5.0;
    let fitting = ((room.w - axis + gap) / (widest(file, "").max(12.0) + gap)) as usize;
    let columns = if fitting >= ROW as usize { ROW as usize } else { fitting.clamp(1, 4) };
    let w = (room.w - axis + gap) / columns as f64 - gap;
    let mut y = room.y;
    // A row of pages may need several of cells; rows need not follow one another.
    for pages in file.pages.chunks(ROW as usize) {
        for cells in pages.chunks(columns) {
            pen.group("stage-axis", file.light, None);
            let number = cells[0].page.to_string();
            pen.classed(room.x, y + h / 2.0 + 3.5, Style::CodeSmall, Align::Start, "stage-number", number);
            for (column, page) in cells.iter().enumerate() {
                let rect = Rect { x: room.x + axis + column as f64 * (w + gap), y, w, h };
                cached_page(pen, file, page, rect, 0.0, "");
            }
            y += h + gap;
        }
    }
    y
}

fn leads(page: &CachedPage, arrow: &str) -> String {
    page.frame.map_or_else(|| "–".to_owned(), |pfn| format!("{arrow}{pfn}"))
}

fn cached_page(pen: &mut Pen, file: &CachedFile, page: &CachedPage, rect: Rect, label: f64, arrow: &str) {
    let spot = Spot::Cached { object: file.object, page: page.page };
    pen.place(if page.frame.is_some() { "stage-cached" } else { "stage-cached-absent" }, spot, page.light, None);
    pen.rect(rect, 3.0, "stage-cached-box");
    let text = leads(page, arrow);
    let pencil = page.dirty && width(Style::CodeSmall, &text) + PENCIL <= rect.w;
    let x = rect.cx() - if pencil { PENCIL / 2.0 } else { 0.0 };
    if width(Style::CodeSmall, &text) <= rect.w {
        pen.aligned(x, rect.cy() + 3.5, Style::CodeSmall, Align::Middle, text);
    }
    if pencil {
        pen.mark(Mark::Pencil { x: rect.right() - 9.0, y: rect.cy() - 4.0 });
    }
    if label > 0.0 {
        let number = page.page.to_string();
        pen.classed(rect.cx(), rect.bottom() + 10.0, Style::CodeSmall, Align::Middle, "stage-dim", number);
    }
    // What is said of it must not hide its number.
    pen.anchor(spot, Rect { h: rect.h + label, ..rect });
}
