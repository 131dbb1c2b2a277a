//! Arrows and the caption.

use super::marks::light;
use super::{hue, px};
use crate::present::scene::links::Kind;
use crate::stage::geometry::arrows::{Arrow, rounded};
use crate::stage::geometry::caption::CaptionBox;
use yew::prelude::*;

/// An arrow with its head, and a dot where it begins at a page.
pub(super) fn arrow(arrow: &Arrow) -> Html {
    let kind = match arrow.kind {
        Kind::Solid => "stage-arrow-solid",
        Kind::Aside => "stage-arrow-aside",
        Kind::Ghost => "stage-arrow-ghost",
        Kind::Growing => "stage-arrow-growing",
    };
    let class = classes!("stage-arrow", kind, hue(arrow.pid), light(arrow.light));
    let dot = arrow.points.first().filter(|_| arrow.dot).map(|&(x, y)| {
        html! { <circle class="stage-arrow-dot" cx={px(x)} cy={px(y)} r="2.6" /> }
    });
    html! {
        <g {class}>
            <path class="stage-arrow-line" d={rounded(&arrow.points)} pathLength="1" />
            <path class="stage-arrow-head" d={head(&arrow.points)} />
            { dot }
        </g>
    }
}

fn head(points: &[(f64, f64)]) -> String {
    let [.., (from, above), (x, y)] = points else { return String::new() };
    if above < y {
        return format!("M{} {}L{} {}L{} {}", px(x - 3.6), px(y - 5.0), px(*x), px(*y), px(x + 3.6), px(y - 5.0));
    }
    let back = if *from <= *x { -5.0 } else { 5.0 };
    format!("M{} {}L{} {}L{} {}", px(x + back), px(y - 3.6), px(*x), px(*y), px(x + back), px(y + 3.6))
}

/// The caption at its thing.
pub(super) fn caption(caption: &CaptionBox) -> Html {
    let rect = &caption.rect;
    let leader = caption.leader.map(|[(x1, y1), (x2, y2)]| {
        html! { <path class="stage-caption-leader" d={format!("M{} {}L{} {}", px(x1), px(y1), px(x2), px(y2))} /> }
    });
    let lines = caption.lines.iter().zip(0..).map(|(line, at)| {
        let y = rect.y + 18.0 + 15.5 * f64::from(at);
        html! { <text class="stage-type-caption" x={px(rect.x + 9.0)} y={px(y)}>{ line }</text> }
    });
    html! {
        <g class="stage-caption">
            { leader }
            <rect class="stage-caption-box" x={px(rect.x)} y={px(rect.y)} width={px(rect.w)} height={px(rect.h)} rx="6" />
            { for lines }
        </g>
    }
}
