//! Where the address, the page tables and the TLB stand.

mod tables;

use super::shape::{Align, Mark, Pen, Rect};
use super::text::{Style, fit, width as text_width};
use super::{Density, Room};
use crate::present::scene::Scene;
use crate::present::scene::lit::{Light, Spot};
use crate::present::scene::translation::{Address, FieldLook, Physical, Tlb, Translation};
use crate::seam::Thing;
use crate::stage::path::line;

/// The zone's least width.
const LEAST: f64 = 190.0;
const FIELD_GAP: f64 = 4.0;

/// What the zone needs: an address in bits is wide, and each level's wire takes a lane.
pub(super) fn width(scene: &Scene) -> f64 {
    let fields = scene.translation.address.as_ref().map_or(0.0, address_width);
    let tables = &scene.translation.tables;
    let rows = match tables.first() {
        Some(table) if tables.len() > 1 || table.columns.len() > 4 => tables::width(table, tables.len()),
        _ => LEAST,
    };
    fields.max(rows)
}

fn address_width(address: &Address) -> f64 {
    let each = |width: f64| width + FIELD_GAP;
    address.fields.iter().map(|field| each(field_width(address.look, field.text.len()))).sum::<f64>() - FIELD_GAP
}

fn field_width(look: FieldLook, characters: usize) -> f64 {
    match look {
        FieldLook::Digits => 36.0_f64.max(characters as f64 * 17.0 + 20.0),
        FieldLook::Bits => characters as f64 * 6.0 + 10.0,
    }
}

pub(super) fn draw(pen: &mut Pen, scene: &Scene, room: Room, density: Density) -> f64 {
    let translation = &scene.translation;
    let mut y = title(pen, translation, room);
    let mut fields = Vec::new();
    if let Some(address) = &translation.address {
        (y, fields) = draw_address(pen, translation, address, Room { y: y + 8.0, ..room });
    }
    y = tables::draw(pen, translation, Room { y: y + 6.0, ..room }, density, &fields);
    if let Some(tlb) = &translation.tlb {
        y = draw_tlb(pen, translation, tlb, Room { y: y + 14.0, ..room }, density);
    }
    y
}

fn title(pen: &mut Pen, translation: &Translation, room: Room) -> f64 {
    pen.group("stage-title", translation.light, translation.pid);
    match &translation.address {
        Some(address) => {
            let w = text_width(Style::Code, &address.text);
            let title = translation.title.as_str();
            let words = title.strip_suffix(address.text.as_str()).unwrap_or(title).trim_end();
            pen.text(room.x, room.y + 11.0, Style::Title, fit(Style::Title, words, room.w - w - 8.0));
            pen.aligned(room.x + room.w, room.y + 11.0, Style::Code, Align::End, address.text.clone());
        }
        None => pen.text(room.x, room.y + 11.0, Style::Note, fit(Style::Note, &translation.title, room.w)),
    }
    room.y + 16.0
}

/// The fields' boxes; where they end, and where each wire begins.
fn draw_address(pen: &mut Pen, translation: &Translation, address: &Address, room: Room) -> (f64, Vec<Wire>) {
    let (h, style, label) = match address.look {
        FieldLook::Digits => (44.0, Style::Digit, Style::Note),
        FieldLook::Bits => (24.0, Style::Bits, Style::CodeSmall),
    };
    let mut x = room.x;
    let mut wires = Vec::new();
    let group = |pen: &mut Pen, class, light| pen.group(class, light, translation.pid);
    for field in &address.fields {
        let w = field_width(address.look, field.text.len());
        let rect = Rect { x, y: room.y, w, h };
        let class = match (address.refused, field.level) {
            (true, _) => "stage-field-refused",
            (_, Some(_)) => "stage-field",
            (_, None) => "stage-field-offset",
        };
        let light = if address.light == Light::Lit { Light::Lit } else { field.light.min(Light::Near) };
        group(pen, class, light);
        pen.rect(rect, 4.0, "stage-field-box");
        pen.aligned(rect.cx(), rect.cy() + style.size() * 0.355, style, Align::Middle, field.text.clone());
        let y = rect.bottom() + if address.look == FieldLook::Digits { 13.0 } else { 12.0 };
        pen.aligned(rect.cx(), y, label, Align::Middle, fit(label, &field.label, w + FIELD_GAP));
        if field.level.is_some() {
            wires.push(Wire { x: rect.cx(), y: y + 3.5, light: field.light });
        }
        x += w + FIELD_GAP;
    }
    if let (FieldLook::Digits, Some(physical)) = (address.look, &translation.physical) {
        draw_physical(pen, physical, Rect { x, y: room.y, w: room.x + room.w - x, h });
    }
    let bottom = room.y + h + 16.0;
    pen.anchor(Spot::Address, Rect { x: room.x, y: room.y, w: x - FIELD_GAP - room.x, h: bottom - room.y });
    (bottom, wires)
}

/// The frame's digits take the place of the page's; those of the offset stay.
fn draw_physical(pen: &mut Pen, physical: &Physical, room: Rect) {
    let frame = field_width(FieldLook::Digits, physical.frame.len());
    let offset = field_width(FieldLook::Digits, physical.offset.len());
    let mut x = room.right() - frame - offset - FIELD_GAP;
    let start = room.x + 3.0;
    if x - start < 14.0 {
        return;
    }
    pen.group("stage-physical", Light::Near, None);
    let (y, end) = (room.cy(), x - 6.0);
    pen.mark(Mark::Line {
        d: line(&[(start, y), (end, y)]) + &line(&[(end - 5.0, y - 3.6), (end, y), (end - 5.0, y + 3.6)]),
        class: "stage-follow",
    });
    for (text, label, w) in [(&physical.frame, "frame", frame), (&physical.offset, "offset", offset)] {
        let rect = Rect { x, y: room.y, w, h: room.h };
        pen.rect(rect, 4.0, "stage-field-box");
        let middle = rect.cy() + Style::Digit.size() * 0.355;
        pen.aligned(rect.cx(), middle, Style::Digit, Align::Middle, text.clone());
        pen.aligned(rect.cx(), rect.bottom() + 13.0, Style::Note, Align::Middle, label);
        x += w + FIELD_GAP;
    }
}

/// Where the wire of an index field begins.
#[derive(Clone, Copy, Debug)]
struct Wire {
    x: f64,
    y: f64,
    light: Light,
}

fn draw_tlb(pen: &mut Pen, translation: &Translation, tlb: &Tlb, room: Room, density: Density) -> f64 {
    pen.place("stage-tlb", Spot::Tlb, tlb.light, translation.pid);
    pen.text(room.x, room.y + 10.0, Style::Title, "TLB");
    pen.aligned(room.x + room.w, room.y + 10.0, Style::Note, Align::End, tlb.note.clone());
    let top = room.y + 18.0;
    let gap = 4.0;
    let columns = tlb.ways.clamp(1, 4).min(tlb.places.len().max(1));
    let w = ((room.w + gap) / columns.max(3) as f64 - gap).min(70.0);
    let h = if density >= 3 { 15.0 } else { 19.0 };
    for (at, place) in tlb.places.iter().enumerate() {
        let (column, row) = ((at % columns) as f64, (at / columns) as f64);
        let rect = Rect { x: room.x + column * (w + gap), y: top + row * (h + gap), w, h };
        let spot = Spot::Thing(Thing::Tlb(place.slot));
        pen.place(if place.owner.is_some() { "stage-way" } else { "stage-way-empty" }, spot, place.light, place.owner);
        pen.rect(rect, 3.0, "stage-way-box");
        let text = fit(Style::CodeSmall, &place.text, w - 4.0);
        pen.aligned(rect.cx(), rect.cy() + 3.5, Style::CodeSmall, Align::Middle, text);
        pen.anchor(spot, rect);
    }
    let y = top + tlb.places.len().div_ceil(columns) as f64 * (h + gap) - gap;
    pen.anchor(Spot::Tlb, Rect { x: room.x, y: room.y, w: room.w, h: y - room.y });
    if tlb.more == 0 {
        return y;
    }
    pen.group("stage-more", Light::Near, None);
    pen.text(room.x, y + 11.0, Style::Small, format!("… {} more places", tlb.more));
    y + 14.0
}

/// A line of the picture that is no arrow of the machine's: part of the way of an address.
fn wire(pen: &mut Pen, d: String, light: Light) {
    let class = match light {
        Light::Lit => "stage-wire-lit",
        Light::Near => "stage-wire",
        Light::Far => "stage-wire-far",
    };
    pen.mark(Mark::Line { d, class });
}
