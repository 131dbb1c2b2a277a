//! The ways of the arrows: in gutters between zones and channels above cells, where no text stands.

use super::Lanes;
use super::shape::{Pen, Rect};
use crate::present::scene::Scene;
use crate::present::scene::chain::Chain;
use crate::present::scene::links::{Kind, Link, light};
use crate::present::scene::lit::{Light, Spot};
use crate::seam::Thing;
use crate::stage::path::{draw, line};
use vmcore::units::Pid;

/// Between arrows that run side by side.
const BESIDE: f64 = 5.0;

/// A thing farther from a lane than this has others before it.
const NEAR: f64 = 45.0;

/// A frame narrower than this stands in a grid and is reached from above.
const GRID: f64 = 40.0;

/// An arrow.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Arrow {
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) pid: Option<Pid>,
    pub(crate) kind: Kind,
    pub(crate) light: Light,
    /// It begins at a page, rather than at an entry.
    pub(crate) dot: bool,
}

pub(crate) fn arrows(scene: &Scene, chain: Option<&Chain>, pen: &Pen, lanes: &Lanes) -> Vec<Arrow> {
    let links = match chain {
        Some(chain) => chosen(chain),
        None => scene.links.clone(),
    };
    let mut beside = 0;
    let mut arrows = Vec::new();
    for link in &links {
        let Some(way) = way(link, pen, lanes, beside) else { continue };
        let from_page = matches!(link.from, Spot::Thing(Thing::Page { .. }));
        beside += usize::from(from_page);
        let light = if chain.is_some() { Light::Near } else { light(link.kind) };
        arrows.push(Arrow { points: way, pid: link.pid, kind: link.kind, light, dot: from_page });
    }
    arrows
}

fn chosen(chain: &Chain) -> Vec<Link> {
    let link = |&(from, to): &(Spot, _)| match from {
        Spot::Thing(Thing::Page { pid, .. }) => {
            Some(Link { from, to: Spot::frame(to), pid: Some(pid), kind: Kind::Solid })
        }
        _ => None,
    };
    chain.points.iter().filter_map(link).take(4).collect()
}

fn way(link: &Link, pen: &Pen, lanes: &Lanes, beside: usize) -> Option<Vec<(f64, f64)>> {
    let from = pen.anchors.get(link.from)?;
    let to = pen.anchors.get(link.to)?;
    let is_block = |spot: Spot| matches!(spot, Spot::Thing(Thing::Block { .. }));
    let block = is_block(link.to);
    // The squares of a large file have their numbers before them: no line comes to them.
    if is_block(link.from) && from.w < GRID || block && to.w < GRID {
        return None;
    }
    if link.kind == Kind::Copy {
        return Some(tie(from, to, lanes.disk));
    }
    Some(match (link.from, lanes.top) {
        (Spot::Thing(Thing::Page { .. }), Some(top)) => over(from, to, lanes, top, beside),
        (Spot::Thing(Thing::Page { .. }), None) => {
            around(page_start(from), to, lanes.memory + BESIDE * (beside + 1) as f64, beside + 1)
        }
        (Spot::Iommu { .. }, Some(_)) => back(from, to, lanes),
        (_, Some(top)) if block => beyond(from, to, lanes, top),
        (Spot::Thing(Thing::Tlb(_)), _) => below(from, to, lanes),
        (_, Some(_)) => across(from, to, lanes),
        (_, None) => around(vec![(from.right(), from.cy())], to, lanes.memory, 0),
    })
}

/// The channel above a page's cell.
fn page_start(from: Rect) -> Vec<(f64, f64)> {
    vec![(from.cx(), from.y), (from.cx(), from.y - 2.6)]
}

/// From a page up, over the zones, and down to the frame.
fn over(from: Rect, to: Rect, lanes: &Lanes, top: f64, beside: usize) -> Vec<(f64, f64)> {
    let shift = BESIDE * beside as f64;
    let (near, far) = (lanes.processes + shift, lanes.memory + 6.0 + shift);
    let top = top - 3.0 * beside as f64;
    let entry = enter(to, beside + 1);
    let mut way = page_start(from);
    let channel = way[1].1;
    way.extend([(near, channel), (near, top), (far, top)]);
    arrive(way, to, far, entry)
}

/// The last part of a way: into a frame's left edge, or from above into one of a grid.
fn arrive(mut way: Vec<(f64, f64)>, to: Rect, lane: f64, entry: f64) -> Vec<(f64, f64)> {
    if to.w < GRID {
        let above = to.y - 1.3;
        way.extend([(lane, above), (to.cx(), above), (to.cx(), to.y + 0.5)]);
    } else {
        way.extend(pass(to, lane, to.x, entry));
        way.extend([(to.x - 1.0, entry)]);
    }
    way
}

/// From an entry straight through the gutter.
fn across(from: Rect, to: Rect, lanes: &Lanes) -> Vec<(f64, f64)> {
    let entry = enter(to, 0);
    arrive(vec![(from.right(), from.cy()), (lanes.memory, from.cy())], to, lanes.memory, entry)
}

/// From an entry through the gutter, over the frames, and down to a device's memory.
fn beyond(from: Rect, to: Rect, lanes: &Lanes, top: f64) -> Vec<(f64, f64)> {
    let (near, far) = (lanes.memory, lanes.disk);
    arrive(vec![(from.right(), from.cy()), (near, from.cy()), (near, top), (far, top)], to, far, to.cy())
}

/// From an entry of the IOMMU back to a frame's right edge.
fn back(from: Rect, to: Rect, lanes: &Lanes) -> Vec<(f64, f64)> {
    let way = vec![(from.x, from.cy()), (lanes.disk, from.cy())];
    if to.w < GRID {
        return arrive(way, to, lanes.disk, 0.0);
    }
    let entry = enter(to, 0);
    let pass = pass(to, lanes.disk, to.right(), entry);
    way.into_iter().chain(pass).chain([(to.right() + 1.0, entry)]).collect()
}

/// From a page to its copy, by the lane between frames and disk.
fn tie(from: Rect, to: Rect, lane: f64) -> Vec<(f64, f64)> {
    let mut way = beside_lane(from, lane);
    way.reverse();
    way.extend(beside_lane(to, lane));
    way
}

/// From a lane to the nearer edge of a thing; to one of a grid from above.
fn beside_lane(to: Rect, lane: f64) -> Vec<(f64, f64)> {
    if to.w < GRID {
        return vec![(lane, to.y - 1.3), (to.cx(), to.y - 1.3), (to.cx(), to.y)];
    }
    let edge = if lane < to.x { to.x } else { to.right() };
    let mut way = pass(to, lane, edge, to.cy());
    way.push((edge, to.cy()));
    way
}

/// From a lane to the height at which a thing is entered by one of its edges. Where another column stands between, the
/// way goes between its rows.
fn pass(to: Rect, lane: f64, edge: f64, entry: f64) -> Vec<(f64, f64)> {
    if (lane - edge).abs() < NEAR {
        return vec![(lane, entry)];
    }
    let (between, before) = (to.y - 1.5, if lane < edge { edge - 3.0 } else { edge + 3.0 });
    vec![(lane, between), (before, between), (before, entry)]
}

/// From a place of the TLB: below its row, then through the gutter.
fn below(from: Rect, to: Rect, lanes: &Lanes) -> Vec<(f64, f64)> {
    let channel = from.bottom() + 2.0;
    let entry = enter(to, 0);
    let start = vec![(from.cx(), from.bottom()), (from.cx(), channel), (lanes.memory, channel)];
    match lanes.top {
        Some(_) => arrive(start, to, lanes.memory, entry),
        None => around(start, to, lanes.memory, 0),
    }
}

/// Stacked zones: by the lane on the right.
fn around(mut way: Vec<(f64, f64)>, to: Rect, lane: f64, beside: usize) -> Vec<(f64, f64)> {
    let y = way[way.len() - 1].1;
    way.push((lane, y));
    if to.w < GRID {
        return arrive(way, to, lane, 0.0);
    }
    let entry = enter(to, beside);
    way.extend([(lane, entry), (to.right() + 1.0, entry)]);
    way
}

/// Where on its edge an arrow reaches a frame: the story's below the middle, others above.
fn enter(to: Rect, beside: usize) -> f64 {
    match beside {
        0 => to.cy() + (to.h / 6.0).min(6.0),
        n => to.cy() - (to.h / 6.0).min(6.0) - 3.0 * (n - 1) as f64,
    }
}

/// The segments of a way.
pub(crate) fn segments(points: &[(f64, f64)]) -> impl Iterator<Item = Rect> + '_ {
    points.windows(2).map(|pair| {
        let [(x1, y1), (x2, y2)] = [pair[0], pair[1]];
        Rect { x: x1.min(x2), y: y1.min(y2), w: (x1 - x2).abs(), h: (y1 - y2).abs() }
    })
}

/// An SVG path along right angles with rounded corners.
pub(crate) fn rounded(points: &[(f64, f64)]) -> String {
    let Some(&(x, y)) = points.first() else { return String::new() };
    let mut d = line(&[(x, y)]);
    for three in points.windows(3) {
        let [a, b, c] = [three[0], three[1], three[2]];
        let r = (distance(a, b) / 2.0).min(distance(b, c) / 2.0).min(5.0);
        let (before, after) = (toward(b, a, r), toward(b, c, r));
        draw(&mut d, 'L', &[before]);
        draw(&mut d, 'Q', &[b, after]);
    }
    if let (Some(&(x, y)), 2..) = (points.last(), points.len()) {
        draw(&mut d, 'L', &[(x, y)]);
    }
    d
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (x, y) = (a.0 - b.0, a.1 - b.1);
    (x * x + y * y).sqrt()
}

fn toward(from: (f64, f64), to: (f64, f64), by: f64) -> (f64, f64) {
    let length = distance(from, to);
    if length == 0.0 {
        return from;
    }
    (from.0 + (to.0 - from.0) * by / length, from.1 + (to.1 - from.1) * by / length)
}
