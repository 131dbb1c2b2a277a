//! Arrows and the caption.

use super::hue;
use super::marks::light;
use crate::present::scene::links::Kind;
use crate::stage::geometry::arrows::{Arrow, rounded};
use crate::stage::geometry::caption::CaptionBox;
use crate::stage::path::{line, px};
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
        return line(&[(x - 3.6, y - 5.0), (*x, *y), (x + 3.6, y - 5.0)]);
    }
    let back = if *from <= *x { -5.0 } else { 5.0 };
    line(&[(x + back, y - 3.6), (*x, *y), (x + back, y + 3.6)])
}

/// The caption at its thing.
pub(super) fn caption(caption: &CaptionBox) -> Html {
    let rect = &caption.rect;
    let leader = caption.leader.map(|ends| html! { <path class="stage-caption-leader" d={line(&ends)} /> });
    let lines = caption.lines.iter().zip(0..).map(|(words, at)| {
        let y = rect.y + 18.0 + 15.5 * f64::from(at);
        html! { <text class="stage-type-caption" x={px(rect.x + 9.0)} y={px(y)}>{ words }</text> }
    });
    html! {
        <g class="stage-caption">
            { leader }
            <rect class="stage-caption-box" x={px(rect.x)} y={px(rect.y)} width={px(rect.w)} height={px(rect.h)} rx="6" />
            { for lines }
        </g>
    }
}
