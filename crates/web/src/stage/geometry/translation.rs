//! Where the address, the page tables and the TLB stand.

mod tables;

use super::arrows::{rounded, segments};
use super::shape::{Align, Mark, Pen, Rect};
use super::text::{Style, fit, width as text_width};
use super::{Density, Room};
use crate::present::scene::Scene;
use crate::present::scene::lit::{Light, Spot};
use crate::present::scene::translation::{Address, Field, FieldLook, Physical, Tlb, Translation};
use crate::seam::Thing;
use crate::stage::path::line;

/// The zone's least width.
const LEAST: f64 = 190.0;
const FIELD_GAP: f64 = 4.0;
/// Between an address and the physical one beside it, least.
const BETWEEN: f64 = 23.0;
/// Height of the physical address where it stands below the tables, and the gap above it.
const BELOW: (f64, f64) = (20.0, 13.0);

/// What the zone needs: an address in bits is wide, and each level's wire takes a lane. It is the same all through a
/// run, whether there is an address at the moment or not.
pub(super) fn width(scene: &Scene) -> f64 {
    let translation = &scene.translation;
    LEAST.max(address_width(&translation.address)).max(tables::width(translation))
}

fn address_width(address: &Address) -> f64 {
    joined(address.fields.iter().map(|field| field_box(address.look, field)))
}

fn joined(widths: impl Iterator<Item = f64>) -> f64 {
    widths.map(|width| width + FIELD_GAP).sum::<f64>() - FIELD_GAP
}

fn field_width(look: FieldLook, characters: usize) -> f64 {
    match look {
        FieldLook::Digits => 36.0_f64.max(characters as f64 * 17.0 + 20.0),
        FieldLook::Bits => characters as f64 * 6.0 + 10.0,
    }
}

/// A field with its name below it.
fn field_box(look: FieldLook, field: &Field) -> f64 {
    let label = if look == FieldLook::Digits { text_width(Style::Note, &field.label) } else { 0.0 };
    field_width(look, field.characters).max(label)
}

/// Whether the physical address has room beside the virtual one; if not, it stands below the tables.
fn is_beside(translation: &Translation, room: Room) -> bool {
    let physical = joined(translation.physical.widths.iter().map(|&width| field_width(FieldLook::Digits, width)));
    let address = &translation.address;
    address.look == FieldLook::Digits && address_width(address) + BETWEEN + physical <= room.w
}

pub(super) fn draw(pen: &mut Pen, scene: &Scene, room: Room, density: Density) -> f64 {
    let translation = &scene.translation;
    let y = title(pen, translation, room);
    let (mut y, fields, offset) = draw_address(pen, translation, Room { y: y + 8.0, ..room });
    y = tables::draw(pen, translation, Room { y: y + 6.0, ..room }, density, &fields);
    if !is_beside(translation, room) {
        y = draw_below(pen, translation, Room { y, ..room }, offset);
    }
    if let Some(tlb) = &translation.tlb {
        y = draw_tlb(pen, translation, tlb, Room { y: y + 14.0, ..room }, density);
    }
    y
}

fn title(pen: &mut Pen, translation: &Translation, room: Room) -> f64 {
    pen.group("stage-title", translation.light, translation.pid);
    match (&translation.address, translation.address.asked) {
        (address, true) => {
            let w = text_width(Style::Code, &address.text);
            let title = translation.title.as_str();
            let words = title.strip_suffix(address.text.as_str()).unwrap_or(title).trim_end();
            pen.text(room.x, room.y + 11.0, Style::Title, fit(Style::Title, words, room.w - w - 8.0));
            pen.aligned(room.x + room.w, room.y + 11.0, Style::Code, Align::End, address.text.clone());
        }
        (_, false) => pen.text(room.x, room.y + 11.0, Style::Note, fit(Style::Note, &translation.title, room.w)),
    }
    room.y + 16.0
}

/// The fields' boxes; where they end, where each index's wire begins, and the offset's.
fn draw_address(pen: &mut Pen, translation: &Translation, room: Room) -> (f64, Vec<Wire>, Option<Wire>) {
    let address = &translation.address;
    let (h, style, label) = match address.look {
        FieldLook::Digits => (44.0, Style::Digit, Style::Note),
        FieldLook::Bits => (24.0, Style::Bits, Style::CodeSmall),
    };
    let bottom = room.y + h + 16.0;
    if !address.asked {
        return (bottom, Vec::new(), None);
    }
    let mut x = room.x;
    let (mut wires, mut offset) = (Vec::new(), None);
    for field in &address.fields {
        let w = field_box(address.look, field);
        let rect = Rect { x, y: room.y, w, h };
        let class = match (address.refused, field.level) {
            (true, _) => "stage-field-refused",
            (_, Some(_)) => "stage-field",
            (_, None) => "stage-field-offset",
        };
        let light = if address.light == Light::Lit { Light::Lit } else { field.light.min(Light::Near) };
        pen.group(class, light, translation.pid);
        pen.rect(rect, 4.0, "stage-field-box");
        pen.aligned(rect.cx(), rect.cy() + style.size() * 0.355, style, Align::Middle, field.text.clone());
        let y = rect.bottom() + if address.look == FieldLook::Digits { 13.0 } else { 12.0 };
        pen.aligned(rect.cx(), y, label, Align::Middle, fit(label, &field.label, w + FIELD_GAP));
        let wire = Wire { x: rect.cx(), y: y + 3.5, light: field.light };
        match field.level {
            Some(_) => wires.push(wire),
            None => offset = Some(wire),
        }
        x += w + FIELD_GAP;
    }
    if is_beside(translation, room) {
        draw_beside(pen, &translation.physical, Rect { x, y: room.y, w: room.x + room.w - x, h });
    }
    pen.anchor(Spot::Address, Rect { x: room.x, y: room.y, w: x - FIELD_GAP - room.x, h: bottom - room.y });
    (bottom, wires, offset)
}

/// The frame's digits take the place of the page's; those of the offset stay.
fn draw_beside(pen: &mut Pen, physical: &Physical, room: Rect) {
    if physical.text.is_none() {
        return;
    }
    let [frame, offset] = physical.widths.map(|width| field_width(FieldLook::Digits, width));
    let mut x = room.right() - frame - offset - FIELD_GAP;
    let start = room.x + 3.0;
    pen.group("stage-physical", Light::Near, None);
    let (y, end) = (room.cy(), x - 6.0);
    pen.mark(Mark::Line { d: line(&[(start, y), (end, y)]) + &head((end, y), -5.0), class: "stage-follow" });
    for (text, label, w) in [(&physical.frame, "frame", frame), (&physical.offset, "offset", offset)] {
        let rect = Rect { x, y: room.y, w, h: room.h };
        pen.rect(rect, 4.0, "stage-field-box");
        let middle = rect.cy() + Style::Digit.size() * 0.355;
        pen.aligned(rect.cx(), middle, Style::Digit, Align::Middle, text.clone());
        pen.aligned(rect.cx(), rect.bottom() + 13.0, Style::Note, Align::Middle, label);
        x += w + FIELD_GAP;
    }
}

/// Below the tables: the frame's number, and the offset, which goes round the outside and joins it.
fn draw_below(pen: &mut Pen, translation: &Translation, room: Room, from: Option<Wire>) -> f64 {
    let physical = &translation.physical;
    let (h, gap) = BELOW;
    let (y, bottom) = (room.y + gap, room.y + gap + h);
    let Some(from) = from else { return bottom };
    let found = physical.text.is_some();
    let light = if found { Light::Near } else { Light::Far };
    let [frame, offset] = physical.widths.map(|width| field_width(FieldLook::Bits, width));
    let right = room.x + room.w - 8.0;
    let boxes = [
        (Rect { x: right - offset - frame - 2.0, y, w: frame, h }, &physical.frame, "stage-field-found"),
        (Rect { x: right - offset, y, w: offset, h }, &physical.offset, "stage-field-offset"),
    ];
    for (rect, text, class) in boxes {
        pen.group(class, light, translation.pid);
        pen.rect(rect, 3.0, "stage-field-box");
        pen.aligned(rect.cx(), rect.cy() + 3.5, Style::Bits, Align::Middle, text.clone());
    }
    pen.group("stage-physical", light, None);
    let room_for_words = boxes[0].0.x - room.x - 6.0;
    let words = ["physical address ", "physical ", ""].into_iter().map(|head| {
        let text = physical.text.as_deref().unwrap_or_default();
        format!("{head}{text}")
    });
    let fitting = words.into_iter().find(|words| text_width(Style::Note, words) <= room_for_words);
    pen.text(room.x, y + h / 2.0 + 3.8, Style::Note, fitting.unwrap_or_default());
    let (lane, end) = (room.x + room.w + 4.0, right + 1.0);
    let way = [(from.x, from.y), (from.x, from.y + 3.0), (lane, from.y + 3.0), (lane, y + h / 2.0), (end, y + h / 2.0)];
    run(pen, &way, 4.0, "stage-offset-wire", light);
    bottom
}

/// A line of the picture that is no arrow of the machine's: part of the way of an address, with its head, which lies
/// so far back from the end.
fn run(pen: &mut Pen, points: &[(f64, f64)], back: f64, class: &'static str, light: Light) {
    let Some(&end) = points.last() else { return };
    pen.mark(Mark::Line { d: rounded(points) + &head(end, back), class });
    pen.ways.extend(segments(points).map(|stretch| (stretch, light)));
}

fn head((x, y): (f64, f64), back: f64) -> String {
    line(&[(x + back, y - 3.2), (x, y), (x + back, y + 3.2)])
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
