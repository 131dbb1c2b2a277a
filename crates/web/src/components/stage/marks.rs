//! Marks to SVG.

use super::hits::id;
use super::hue;
use crate::components::element::{Element, el};
use crate::present::scene::content::Texture;
use crate::present::scene::lit::{Light, Spot};
use crate::stage::geometry::shape::{Align, Group, Mark, Rect};
use crate::stage::path::px;

/// The pencil, eight units high.
pub(super) const PENCIL: &str = "M0.4 7.6L1 5.2L5.4 0.8L7.2 2.6L2.8 7z";

/// The class of a light.
pub(super) fn light(light: Light) -> &'static str {
    match light {
        Light::Lit => "stage-lit",
        Light::Near => "stage-near",
        Light::Far => "stage-far",
    }
}

/// A group of marks.
pub(super) fn group(at: usize, group: &Group) -> Element {
    // A place keeps its element from step to step, so that its light can fade.
    let key = group.spot.map_or_else(|| at.to_string(), key);
    el("g")
        .key(key)
        .class(group.class)
        .class(light(group.light))
        .class(group.pid.map_or("", hue))
        .class_if(group.picked, "stage-picked")
        .children(group.marks.iter().map(mark))
}

/// A name for a place.
fn key(spot: Spot) -> String {
    match spot {
        Spot::Thing(thing) => id(thing),
        Spot::Region { pid, start } => format!("region-{pid}-{start}"),
        Spot::Gap { pid, vpn, .. } => format!("gap-{pid}-{vpn}"),
        Spot::Address => "address".to_owned(),
        Spot::Tlb => "tlb".to_owned(),
        Spot::Tables => "tables".to_owned(),
        Spot::Cached { object, page } => format!("cached-{object}-{page}"),
        Spot::File(object) => format!("file-{object}"),
        Spot::Iommu { device, page } => format!("iommu-{device}-{page}"),
        Spot::Policy => "policy".to_owned(),
        Spot::Zero => "zero".to_owned(),
    }
}

fn mark(mark: &Mark) -> Element {
    match mark {
        Mark::Box { rect, radius, class } => boxed(rect, *radius, class),
        Mark::Texture { rect, texture } => boxed(rect, 1.5, texture_class(*texture)),
        Mark::Text { x, y, style, align, class, content } => {
            let anchor = match align {
                Align::Start => "start",
                Align::Middle => "middle",
                Align::End => "end",
            };
            text(style.class(), *x, *y).class(class).attr("text-anchor", anchor).child(content)
        }
        Mark::Badge { x, y, r, pid, ghost, content } => {
            let class = if *ghost { "stage-badge-ghost" } else { "stage-badge" };
            disc(class, *x, *y, *r, content).class(hue(*pid))
        }
        Mark::Pencil { x, y } => pencil(*x, *y),
        Mark::Line { d, class } => el("path").class(class).attr("d", d),
    }
}

/// A rectangle with round corners.
pub(super) fn boxed(rect: &Rect, radius: f64, class: &str) -> Element {
    let shape = el("rect").class(class).attr("x", rect.x).attr("y", rect.y);
    shape.attr("width", rect.w).attr("height", rect.h).attr("rx", radius)
}

/// A text on its baseline.
pub(super) fn text(class: &str, x: f64, y: f64) -> Element {
    el("text").class(class).attr("x", x).attr("y", y)
}

/// A disc with a sign in it.
pub(super) fn disc(class: &'static str, x: f64, y: f64, r: f64, sign: &str) -> Element {
    let words = text("stage-type-badge", x, y + 3.5).attr("text-anchor", "middle").child(sign.to_owned());
    el("g").class(class).child(el("circle").attr("cx", x).attr("cy", y).attr("r", r)).child(words)
}

/// Newer than the disk.
fn pencil(x: f64, y: f64) -> Element {
    let place = format!("translate({} {})", px(x), px(y));
    el("g").class("stage-pencil").attr("transform", place).child(el("path").attr("d", PENCIL))
}

fn texture_class(texture: Texture) -> &'static str {
    match texture {
        Texture::Plain => "stage-texture-plain",
        Texture::Dots => "stage-texture-dots",
        Texture::Diagonal => "stage-texture-diagonal",
        Texture::Cross => "stage-texture-cross",
        Texture::Lines => "stage-texture-lines",
    }
}

/// The textures of files, the hatching of gaps, and the arrow's head.
pub(super) fn textures() -> Element {
    let pattern = |id: &'static str, size: &'static str, d: &'static str| {
        el("pattern")
            .attr("id", id)
            .attr("width", size)
            .attr("height", size)
            .attr("patternUnits", "userSpaceOnUse")
            .child(el("path").class("stage-texture-stroke").attr("d", d))
    };
    el("defs").children([
        pattern("stage-dots", "4", "M1 1h1.4v1.4h-1.4zM3 3h1.4v1.4h-1.4z"),
        pattern("stage-diagonal", "4", "M-1 1l2-2M0 4l4-4M3 5l2-2"),
        pattern("stage-cross", "5", "M0 0l5 5M5 0l-5 5"),
        pattern("stage-lines", "3", "M0 1.5h3"),
        pattern("stage-hatch", "7", "M-1 1l2-2M0 7l7-7M6 8l2-2"),
    ])
}
