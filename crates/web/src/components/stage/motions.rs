//! Motions as elements that CSS plays: Yew draws each once.

use crate::present::scene::Scene;
use crate::stage::choreography::{Kind, Motion};
use crate::stage::geometry::Picture;
use crate::stage::geometry::shape::Rect;
use crate::stage::geometry::text::{Style, fit, width};
use crate::stage::path::px;
use yew::prelude::*;

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

pub(super) fn motion(placed: &Placed) -> Html {
    let Placed { motion, from, to } = placed;
    let style = format!(
        "--stage-from-x:{x}px;--stage-from-y:{y}px;--stage-to-x:{tx}px;--stage-to-y:{ty}px;--stage-order:{order}",
        x = px(from.cx()),
        y = px(from.cy()),
        tx = px(to.cx()),
        ty = px(to.cy()),
        order = motion.order
    );
    let class = classes!("stage-motion", class(motion.kind));
    let still = (motion.from != motion.to).then(|| still(from, to));
    html! {
        <>
            <g {class} {style}>{ body(motion, from) }</g>
            { still }
        </>
    }
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

/// What is seen moving: a slip with content, drawn around the origin; or the outline of the place itself.
fn body(motion: &Motion, from: &Rect) -> Html {
    match motion.kind {
        Kind::Travel | Kind::Split | Kind::Byte => slip(&motion.text),
        Kind::Leave | Kind::Fill | Kind::Turn | Kind::Fault | Kind::Sweep => {
            let (x, y) = (px(-from.w / 2.0 - 1.5), px(-from.h / 2.0 - 1.5));
            html! { <rect class="stage-motion-outline" {x} {y} width={px(from.w + 3.0)} height={px(from.h + 3.0)} rx="5" /> }
        }
    }
}

fn slip(text: &str) -> Html {
    let text = fit(Style::CodeSmall, text, 60.0);
    let w = width(Style::CodeSmall, &text) + 12.0;
    html! {
        <>
            <rect class="stage-motion-slip" x={px(-w / 2.0)} y="-9" width={px(w)} height="18" rx="4" />
            <text class="stage-type-code-small" x="0" y="3.5" text-anchor="middle">{ text }</text>
        </>
    }
}

/// The same without motion: where it came from and where it went, numbered.
fn still(from: &Rect, to: &Rect) -> Html {
    let number = |rect: &Rect, number: &'static str| {
        let (x, y) = (rect.x + 1.0, rect.y + 1.0);
        html! {
            <g class="stage-still-number">
                <circle cx={px(x)} cy={px(y)} r="7" />
                <text class="stage-type-badge" x={px(x)} y={px(y + 3.5)} text-anchor="middle">{ number }</text>
            </g>
        }
    };
    html! { <g class="stage-still">{ number(from, "1") }{ number(to, "2") }</g> }
}
