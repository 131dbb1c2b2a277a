//! Where files, their blocks and the swap slots stand.

use super::shape::{Align, Mark, Pen, Rect};
use super::text::{Style, fit, width};
use super::{Density, Room, Squares};
use crate::present::scene::Scene;
use crate::present::scene::disk::{Block, DiskFile, Swap};
use crate::present::scene::lit::Spot;
use crate::seam::Thing;

/// How blocks are drawn.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Look {
    /// Content, and the page's number below.
    Card,
    /// Number and content in one line.
    Line,
    /// A square with a letter.
    Square,
}

pub(super) fn draw(pen: &mut Pen, scene: &Scene, room: Room, density: Density) -> f64 {
    let disk = &scene.disk;
    let files = disk.files.iter().chain(disk.devices.iter().map(|device| &device.memory));
    let blocks: usize = files.map(|file| file.blocks.len()).sum();
    let look = match (density, blocks) {
        (0 | 1, ..=8) => Look::Card,
        (0..=2, ..=20) => Look::Line,
        _ => Look::Square,
    };
    let mut y = room.y;
    for file in &disk.files {
        y = draw_file(pen, file, Room { y, ..room }, look) + 12.0;
    }
    if disk.more_files > 0 {
        pen.plain("stage-more");
        y = super::more(pen, Room { y: y - 3.0, ..room }, &format!("… {} more files", disk.more_files)) + 6.0;
    }
    for device in &disk.devices {
        y = super::devices::draw(pen, device, Room { y, ..room }, look) + 12.0;
    }
    match &disk.swap {
        Some(swap) => draw_swap(pen, swap, Room { y: y + 6.0, ..room }),
        None => y - 12.0,
    }
}

pub(super) fn draw_file(pen: &mut Pen, file: &DiskFile, room: Room, look: Look) -> f64 {
    let spot = Spot::File(file.object);
    pen.place("stage-file", spot, file.light, None);
    let beside = width(Style::Title, &file.name) + 6.0 + width(Style::Note, &file.size) <= room.w;
    pen.text(room.x, room.y + 11.0, Style::Title, fit(Style::Title, &file.name, room.w));
    match beside {
        true => pen.aligned(room.x + room.w, room.y + 11.0, Style::Note, Align::End, file.size.clone()),
        false => pen.text(room.x, room.y + 25.0, Style::Note, file.size.clone()),
    }
    pen.anchor(spot, super::strip(room, room.y, 14.0));
    let top = room.y + if beside { 21.0 } else { 34.0 };
    let mut y = draw_blocks(pen, file, Room { y: top, ..room }, look);
    if file.more > 0 {
        pen.group("stage-more", file.light, None);
        y = super::more(pen, Room { y: y + 4.0, ..room }, &format!("… {} more pages", file.more));
    }
    y
}

fn draw_blocks(pen: &mut Pen, file: &DiskFile, room: Room, look: Look) -> f64 {
    let count = file.blocks.len();
    let (h, gap) = match look {
        Look::Card => (34.0, 6.0),
        Look::Line => (18.0, 3.0),
        Look::Square => {
            let numbers: Vec<u64> = file.blocks.iter().map(|block| block.page.get()).collect();
            let squares = Squares::of(count, numbers.last().copied().unwrap_or(0), room.w, 300.0);
            squares.numbers(pen, room, &numbers);
            for (at, block) in file.blocks.iter().enumerate() {
                draw_block(pen, file, block, squares.rect(room, at), look);
            }
            return room.y + squares.height(count) - squares.gap;
        }
    };
    for (at, block) in file.blocks.iter().enumerate() {
        draw_block(pen, file, block, super::strip(room, room.y + at as f64 * (h + gap), h), look);
    }
    room.y + count as f64 * (h + gap) - gap
}

fn draw_block(pen: &mut Pen, file: &DiskFile, block: &Block, rect: Rect, look: Look) {
    let spot = Spot::block(block.object, block.page);
    let class = match (block.hole, block.in_flight, block.stale) {
        (_, true, _) => "stage-block-in-flight",
        (true, ..) => "stage-block-hole",
        (_, _, true) => "stage-block-stale",
        _ => "stage-block",
    };
    pen.place(class, spot, block.light, None);
    pen.rect(rect, 3.0, "stage-block-box");
    if look != Look::Square {
        let strip = Rect { x: rect.x + 1.0, y: rect.y + 1.5, w: 5.0, h: rect.h - 3.0 };
        pen.mark(Mark::Texture { rect: strip, texture: file.texture });
    }
    let x = rect.x + 11.0;
    let most = rect.right() - x - 3.0;
    match look {
        Look::Card => {
            pen.text(x, rect.y + 14.0, Style::CodeSmall, clip(&block.content, most));
            let state = if block.hole {
                "hole"
            } else if block.stale {
                "older"
            } else {
                ""
            };
            pen.text(x, rect.bottom() - 6.0, Style::Small, format!("page {}", block.page));
            pen.aligned(rect.right() - 5.0, rect.bottom() - 6.0, Style::Small, Align::End, state);
        }
        Look::Line => {
            let number = block.page.to_string();
            pen.classed(x, rect.cy() + 3.5, Style::CodeSmall, Align::Start, "stage-number", number);
            let x = x + 16.0;
            pen.text(x, rect.cy() + 3.5, Style::CodeSmall, clip(&block.content, rect.right() - x - 3.0));
        }
        Look::Square => {
            if rect.h >= 10.0 {
                pen.aligned(rect.cx(), rect.cy() + 3.4, Style::CodeSmall, Align::Middle, block.letter.to_string());
            }
        }
    }
    pen.anchor(spot, rect);
    let stale = if block.stale { ", older than memory" } else { "" };
    let place = if file.device { "in the device" } else { "on the disk" };
    pen.hit(spot, rect, format!("{} page {} {place}{stale}", file.name, block.page));
}

/// Content is cut, not shortened: what is shown is byte for byte.
fn clip(content: &str, most: f64) -> String {
    let fitting = (most / width(Style::CodeSmall, "0")).max(0.0) as usize;
    content.chars().take(fitting).collect()
}

fn draw_swap(pen: &mut Pen, swap: &Swap, room: Room) -> f64 {
    pen.group("stage-swap", swap.light, None);
    let note = width(Style::Small, &swap.note);
    let beside = width(Style::Title, "swap") + 8.0 + note <= room.w;
    pen.text(room.x, room.y + 9.0, Style::Title, "swap");
    let (x, y, align) =
        if beside { (room.x + room.w, room.y + 9.0, Align::End) } else { (room.x, room.y + 22.0, Align::Start) };
    pen.aligned(x, y, Style::Small, align, fit(Style::Small, &swap.note, room.w));
    let top = if beside { room.y + 17.0 } else { room.y + 29.0 };
    let (size, gap) = (11.5, 3.0);
    let columns = (((room.w + gap) / (size + gap)) as usize).clamp(1, 8);
    for (at, slot) in swap.slots.iter().enumerate() {
        let (column, row) = ((at % columns) as f64, (at / columns) as f64);
        let rect = Rect { x: room.x + column * (size + gap), y: top + row * (size + gap), w: size, h: size };
        let spot = Spot::Thing(Thing::Slot(slot.slot));
        pen.place(if slot.letter.is_some() { "stage-slot" } else { "stage-slot-free" }, spot, slot.light, None);
        pen.rect(rect, 2.0, "stage-slot-box");
        let letter = slot.letter.map(String::from).unwrap_or_default();
        pen.aligned(rect.cx(), rect.cy() + 3.4, Style::CodeSmall, Align::Middle, letter);
        pen.anchor(spot, rect);
        pen.hit(spot, rect.grown(gap / 2.0), format!("swap slot {}", slot.slot));
    }
    let y = top + swap.slots.len().div_ceil(columns) as f64 * (size + gap);
    if swap.more == 0 {
        return y;
    }
    pen.group("stage-more", swap.light, None);
    super::more(pen, Room { y, ..room }, &format!("… {} more", swap.more))
}
