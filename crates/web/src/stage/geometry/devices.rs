//! Where devices stand: their memory like a file's blocks, and below it their table in the IOMMU.

use super::Room;
use super::disk::{Look, draw_file};
use super::shape::{Align, Pen, Rect};
use super::text::{Style, fit};
use crate::present::scene::devices::{DeviceView, Reach};
use crate::present::scene::lit::Spot;
use vmcore::units::ObjectId;

/// Height of an entry, and of the gap below it.
const ROW: (f64, f64) = (15.0, 2.0);

pub(super) fn draw(pen: &mut Pen, device: &DeviceView, room: Room, look: Look) -> f64 {
    let mut y = draw_file(pen, &device.memory, room, look);
    if device.note.is_empty() {
        return y;
    }
    pen.group("stage-more", device.memory.light, None);
    pen.text(room.x, y + 12.0, Style::Small, fit(Style::Small, device.note, room.w));
    y += 17.0;
    for reach in &device.reach {
        draw_reach(pen, device.memory.object, reach, Rect { x: room.x, y, w: room.w, h: ROW.0 });
        y += ROW.0 + ROW.1;
    }
    if device.more > 0 {
        pen.group("stage-more", device.memory.light, None);
        y = super::more(pen, Room { y, ..room }, &format!("… {} more", device.more));
    }
    y
}

fn draw_reach(pen: &mut Pen, device: ObjectId, reach: &Reach, rect: Rect) {
    let spot = Spot::Iommu { device, page: reach.page };
    pen.place("stage-row", spot, reach.light, None);
    pen.rect(rect, 2.0, "stage-row-box");
    let base = rect.cy() + 3.5;
    let leads = format!("{} → frame {}", reach.address, reach.pfn);
    pen.text(rect.x + 6.0, base, Style::CodeSmall, fit(Style::CodeSmall, &leads, rect.w - 28.0));
    pen.aligned(rect.right() - 6.0, base, Style::CodeSmall, Align::End, reach.rights);
    pen.anchor(spot, rect);
}
