//! Marks to SVG.

use super::hits::id;
use super::hue;
use crate::present::scene::content::Texture;
use crate::present::scene::lit::{Light, Spot};
use crate::stage::geometry::shape::{Align, Group, Mark, Rect};
use crate::stage::path::px;
use yew::prelude::*;

/// The class of a light.
pub(super) fn light(light: Light) -> &'static str {
    match light {
        Light::Lit => "stage-lit",
        Light::Near => "stage-near",
        Light::Far => "stage-far",
    }
}

/// A group of marks.
pub(super) fn group(at: usize, group: &Group) -> Html {
    let class = classes!(group.class, light(group.light), group.pid.map(hue), group.picked.then_some("stage-picked"));
    // A place keeps its element from step to step, so that its light can fade.
    let key = group.spot.map_or_else(|| at.to_string(), key);
    html! { <g {key} {class}>{ for group.marks.iter().map(mark) }</g> }
}

/// A name for a place.
fn key(spot: Spot) -> String {
    match spot {
        Spot::Thing(thing) => id(thing),
        Spot::Region { pid, start } => format!("region-{pid}-{start}"),
        Spot::Gap { pid, vpn } => format!("gap-{pid}-{vpn}"),
        Spot::Address => "address".to_owned(),
        Spot::Tlb => "tlb".to_owned(),
        Spot::Tables => "tables".to_owned(),
        Spot::Cached { object, page } => format!("cached-{object}-{page}"),
        Spot::File(object) => format!("file-{object}"),
        Spot::Iommu { device, page } => format!("iommu-{device}-{page}"),
        Spot::Policy => "policy".to_owned(),
    }
}

fn mark(mark: &Mark) -> Html {
    match mark {
        Mark::Box { rect, radius, class } => boxed(rect, *radius, class),
        Mark::Texture { rect, texture } => boxed(rect, 1.5, texture_class(*texture)),
        Mark::Text { x, y, style, align, class, content } => {
            let anchor = match align {
                Align::Start => "start",
                Align::Middle => "middle",
                Align::End => "end",
            };
            let class = classes!(style.class(), (!class.is_empty()).then_some(*class));
            html! { <text {class} x={px(*x)} y={px(*y)} text-anchor={anchor}>{ content }</text> }
        }
        Mark::Badge { x, y, r, pid, ghost, content } => badge(*x, *y, *r, *pid, *ghost, content),
        Mark::Pencil { x, y } => pencil(*x, *y),
        Mark::Line { d, class } => html! { <path class={*class} d={d.clone()} /> },
    }
}

fn boxed(rect: &Rect, radius: f64, class: &'static str) -> Html {
    html! {
        <rect {class} x={px(rect.x)} y={px(rect.y)} width={px(rect.w)} height={px(rect.h)} rx={px(radius)} />
    }
}

fn badge(x: f64, y: f64, r: f64, pid: vmcore::units::Pid, ghost: bool, content: &str) -> Html {
    let class = classes!(if ghost { "stage-badge-ghost" } else { "stage-badge" }, hue(pid));
    html! {
        <g {class}>
            <circle cx={px(x)} cy={px(y)} r={px(r)} />
            <text class="stage-type-badge" x={px(x)} y={px(y + 3.5)} text-anchor="middle">{ content }</text>
        </g>
    }
}

/// Eight units high: newer than the disk.
fn pencil(x: f64, y: f64) -> Html {
    let transform = format!("translate({} {})", px(x), px(y));
    html! {
        <g class="stage-pencil" {transform}>
            <path d="M0.4 7.6L1 5.2L5.4 0.8L7.2 2.6L2.8 7z" />
        </g>
    }
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
pub(super) fn textures() -> Html {
    let pattern = |id: &'static str, size: &'static str, d: &'static str| {
        html! {
            <pattern {id} width={size} height={size} patternUnits="userSpaceOnUse">
                <path class="stage-texture-stroke" {d} />
            </pattern>
        }
    };
    html! {
        <defs>
            { pattern("stage-dots", "4", "M1 1h1.4v1.4h-1.4zM3 3h1.4v1.4h-1.4z") }
            { pattern("stage-diagonal", "4", "M-1 1l2-2M0 4l4-4M3 5l2-2") }
            { pattern("stage-cross", "5", "M0 0l5 5M5 0l-5 5") }
            { pattern("stage-lines", "3", "M0 1.5h3") }
            { pattern("stage-hatch", "7", "M-1 1l2-2M0 7l7-7M6 8l2-2") }
        </defs>
    }
}
