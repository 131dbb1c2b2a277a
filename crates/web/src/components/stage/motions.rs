//! Motions as elements that CSS plays: Yew draws each once.

use super::marks::{boxed, disc, text};
use crate::components::element::{Element, el};
use crate::present::scene::Scene;
use crate::stage::choreography::{Kind, Motion};
use crate::stage::geometry::Picture;
use crate::stage::geometry::shape::Rect;
use crate::stage::geometry::text::{Style, fit, width};
use crate::stage::path::px;

/// A motion with its places.
pub(super) struct Placed<'a> {
    motion: &'a Motion,
    from: Rect,
    to: Rect,
}

/// The motions whose places are both drawn.
pub(super) fn placed<'a>(scene: &'a Scene, picture: &Picture) -> Vec<Placed<'a>> {
    let place = |motion: &'a Motion| {
        let (from, to) = (picture.anchors.get(motion.from)?, picture.anchors.get(motion.to)?);
        Some(Placed { motion, from, to })
    };
    scene.motions.iter().filter_map(place).collect()
}

/// What is seen of a motion, and of its places where nothing is to move.
pub(super) fn motion(placed: &Placed) -> Vec<Element> {
    let Placed { motion, from, to } = placed;
    let style = format!(
        "--stage-from-x:{x}px;--stage-from-y:{y}px;--stage-to-x:{tx}px;--stage-to-y:{ty}px;--stage-order:{order}",
        x = px(from.cx()),
        y = px(from.cy()),
        tx = px(to.cx()),
        ty = px(to.cy()),
        order = motion.order
    );
    let moving = el("g").class("stage-motion").class(class(motion.kind)).attr("style", style);
    let mut all = vec![body(moving, motion, from)];
    all.extend((motion.from != motion.to).then(|| still(from, to)));
    all
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Travel => "stage-motion-travel",
        Kind::Split => "stage-motion-split",
        Kind::Byte => "stage-motion-byte",
        Kind::Leave => "stage-motion-leave",
        Kind::Fill => "stage-motion-fill",
        Kind::Turn => "stage-motion-turn",
        Kind::Fault => "stage-motion-fault",
        Kind::Sweep => "stage-motion-sweep",
    }
}

/// With what is seen moving: a slip with content, drawn around the origin; or the outline of the place itself.
fn body(moving: Element, motion: &Motion, from: &Rect) -> Element {
    match motion.kind {
        Kind::Travel | Kind::Split | Kind::Byte => slip(moving, &motion.text),
        Kind::Leave | Kind::Fill | Kind::Turn | Kind::Fault | Kind::Sweep => {
            moving.child(boxed(&around_origin(from.w + 3.0, from.h + 3.0), 5.0, "stage-motion-outline"))
        }
    }
}

fn slip(moving: Element, content: &str) -> Element {
    let content = fit(Style::CodeSmall, content, 60.0);
    let w = width(Style::CodeSmall, &content) + 12.0;
    let words = text("stage-type-code-small", 0.0, 3.5).attr("text-anchor", "middle").child(content);
    moving.child(boxed(&around_origin(w, 18.0), 4.0, "stage-motion-slip")).child(words)
}

fn around_origin(w: f64, h: f64) -> Rect {
    Rect { x: -w / 2.0, y: -h / 2.0, w, h }
}

/// The same without motion: where it came from and where it went, numbered.
fn still(from: &Rect, to: &Rect) -> Element {
    let number = |rect: &Rect, number| disc("stage-still-number", rect.x + 1.0, rect.y + 1.0, 7.0, number);
    el("g").class("stage-still").children([number(from, "1"), number(to, "2")])
}
