//! Where the frame of zeros stands: below the frames, since it lies behind them.

use super::Room;
use super::memory::badges;
use super::shape::{Align, Pen, Rect};
use super::text::{Style, fit, width};
use crate::present::scene::lit::Spot;
use crate::present::scene::zero::ZeroFrame;

/// Its height, and the gap above it.
const SIZE: (f64, f64) = (20.0, 7.0);

/// Draws it; where it ends.
pub(super) fn draw(pen: &mut Pen, zero: &ZeroFrame, room: Room) -> f64 {
    let rect = Rect { x: room.x, y: room.y + SIZE.1, w: room.w, h: SIZE.0 };
    let class = if zero.pages == 0 { "stage-frame-free" } else { "stage-frame" };
    pen.place(class, Spot::Zero, zero.light, None);
    pen.rect(rect, 4.0, "stage-frame-box");
    let base = rect.cy() + 3.5;
    let x = rect.x + 10.0;
    if zero.hot {
        pen.rect(Rect { x: x - 1.0, y: base - 9.0, w: 8.0, h: 12.0 }, 1.5, "stage-byte");
    }
    pen.text(x, base, Style::CodeSmall, "0");
    let ends = badges(pen, &zero.mappers, rect.right() - 5.0, rect.cy());
    let words = match zero.pages {
        0 => "zero frame".to_owned(),
        1 => "zero frame, 1 page".to_owned(),
        pages => format!("zero frame, {pages} pages"),
    };
    let left = x + 14.0;
    let whole = width(Style::Small, &words) <= ends - left - 3.0;
    let words = fit(Style::Small, if whole { &words } else { "zero frame" }, ends - left - 3.0);
    pen.classed(left, base, Style::Small, Align::Start, "stage-dim", words);
    pen.anchor(Spot::Zero, rect);
    rect.bottom()
}
