//! Arrows and the caption.

use super::hue;
use super::marks::{boxed, light, text};
use crate::components::element::{Element, el};
use crate::present::scene::links::Kind;
use crate::stage::geometry::arrows::{Arrow, rounded};
use crate::stage::geometry::caption::CaptionBox;
use crate::stage::geometry::shape::Rect;
use crate::stage::path::line;

/// An arrow with its head, and a dot where it begins at a page.
pub(super) fn arrow(arrow: &Arrow) -> Element {
    let kind = match arrow.kind {
        Kind::Solid => "stage-arrow-solid",
        Kind::Aside => "stage-arrow-aside",
        Kind::Ghost => "stage-arrow-ghost",
        Kind::Growing => "stage-arrow-growing",
        Kind::Copy => return tie(arrow),
    };
    let dot = arrow.points.first().filter(|_| arrow.dot);
    let dot = dot.map(|&(x, y)| el("circle").class("stage-arrow-dot").attr("cx", x).attr("cy", y).attr("r", "2.6"));
    let shaft = el("path").class("stage-arrow-line").attr("d", rounded(&arrow.points)).attr("pathLength", "1");
    el("g")
        .class("stage-arrow")
        .class(kind)
        .class(arrow.pid.map_or("", hue))
        .class(light(arrow.light))
        .child(shaft)
        .child(el("path").class("stage-arrow-head").attr("d", head(&arrow.points)))
        .child(dot)
}

/// A double line with no head, since it does not point: a square stands where the copy is.
fn tie(arrow: &Arrow) -> Element {
    let line = |class: &'static str| el("path").class(class).attr("d", rounded(&arrow.points));
    let end = arrow.points.last().map(|&(x, y)| Rect { x: x - 3.0, y: y - 3.0, w: 6.0, h: 6.0 });
    el("g")
        .class("stage-tie")
        .class(light(arrow.light))
        .child(line("stage-tie-edge"))
        .child(line("stage-tie-core"))
        .child(end.map(|rect| boxed(&rect, 1.0, "stage-tie-end")))
}

fn head(points: &[(f64, f64)]) -> String {
    let [.., (from, above), (x, y)] = points else { return String::new() };
    if above < y {
        return line(&[(x - 3.6, y - 5.0), (*x, *y), (x + 3.6, y - 5.0)]);
    }
    let back = if *from <= *x { -5.0 } else { 5.0 };
    line(&[(x + back, y - 3.6), (*x, *y), (x + back, y + 3.6)])
}

/// The caption at its thing.
pub(super) fn caption(caption: &CaptionBox) -> Element {
    let rect = &caption.rect;
    let leader = caption.leader.map(|ends| el("path").class("stage-caption-leader").attr("d", line(&ends)));
    let lines = caption.lines.iter().zip(0..).map(|(words, at)| {
        let y = rect.y + 18.0 + 15.5 * f64::from(at);
        text("stage-type-caption", rect.x + 9.0, y).child(words)
    });
    let group = el("g").class("stage-caption").class_if(caption.refused, "stage-caption-refused");
    group.child(leader).child(boxed(rect, 6.0, "stage-caption-box")).children(lines)
}
