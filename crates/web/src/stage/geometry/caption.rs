//! A place for the caption: at the thing that it speaks of, where it hides nothing that is lit or near.

use super::arrows::{Arrow, segments};
use super::shape::{Mark, Pen, Rect, within};
use super::text::{Style, width, wrap};
use crate::present::caption::capital;
use crate::present::scene::Caption;
use crate::present::scene::lit::Light;

const LINE: f64 = 15.5;
const PAD: f64 = 9.0;

/// A caption with its place.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct CaptionBox {
    pub(crate) rect: Rect,
    pub(crate) lines: Vec<String>,
    /// From the thing to the box.
    pub(crate) leader: Option<[(f64, f64); 2]>,
    /// It tells of a refusal.
    pub(crate) refused: bool,
}

/// The place of a caption: near its thing, rather on what is dimmed than far away, and never on what is not.
pub(crate) fn place(caption: &Caption, pen: &Pen, arrows: &[Arrow], size: (f64, f64)) -> Option<CaptionBox> {
    let drawn = caption.at.iter().find_map(|spot| pen.anchors.get(*spot));
    // What stands nowhere in the picture, like a power cut, is said in the middle of it.
    let at = drawn.unwrap_or(Rect { x: size.0 / 2.0, y: size.1 * 0.4, w: 4.0, h: 4.0 });
    let sentence = match caption.actor {
        "" => caption.text.clone(),
        actor => format!("{}: {}", capital(actor), caption.text),
    };
    let lines = wrap(Style::Caption, &sentence, 178.0);
    let w = lines.iter().map(|line| width(Style::Caption, line)).fold(0.0, f64::max) + 2.0 * PAD;
    let h = lines.len() as f64 * LINE + 2.0 * PAD - 4.0;
    let candidates = candidates(at, w, h, size);
    let (bright, dimmed) = (taken(pen, arrows, at, false), taken(pen, arrows, at, true));
    let hides = |taken: &[Rect], rect: &Rect| taken.iter().filter(|other| other.overlaps(rect)).count() as f64;
    let texts: Vec<Rect> = pen.groups.iter().flat_map(|group| &group.marks).filter_map(Mark::text_rect).collect();
    let clear = |line: &[(f64, f64); 2]| !texts.iter().any(|text| text.overlaps(&between(*line)));
    let led = |rect: &Rect| drawn.and_then(|at| leader(at, *rect)).filter(clear);
    let cost = |rect: &Rect| {
        let line = if led(rect).is_some() { 0.0 } else { 30.0 };
        let far = distance(at, *rect) + line;
        far + (24.0 + 1.5 * hides(&dimmed, rect)).min(60.0) * hides(&dimmed, rect).min(1.0)
            + 400.0 * hides(&bright, rect)
    };
    let mut best: Option<(f64, Rect)> = None;
    for rect in candidates {
        // Most places are too far away to be weighed.
        if best.is_none_or(|(least, _)| distance(at, rect) < least) {
            let cost = cost(&rect);
            best = best.filter(|(least, _)| *least <= cost).or(Some((cost, rect)));
        }
    }
    let (_, rect) = best?;
    Some(CaptionBox { leader: led(&rect), rect, lines, refused: caption.refused })
}

/// The rectangle of a line.
fn between([(x1, y1), (x2, y2)]: [(f64, f64); 2]) -> Rect {
    Rect { x: x1.min(x2), y: y1.min(y2), w: (x1 - x2).abs(), h: (y1 - y2).abs() }.grown(0.5)
}

/// The gap between two rectangles, and a little for standing askew.
fn distance(a: Rect, b: Rect) -> f64 {
    let gap = |a: (f64, f64), b: (f64, f64)| (b.0 - a.1).max(a.0 - b.1).max(0.0);
    let (dx, dy) = (gap((a.x, a.right()), (b.x, b.right())), gap((a.y, a.bottom()), (b.y, b.bottom())));
    let askew = (a.cx() - b.cx()).abs().min((a.cy() - b.cy()).abs());
    dx + dy + askew * 0.05
}

/// Places around a thing, the nearest first.
fn candidates(at: Rect, w: f64, h: f64, (width, height): (f64, f64)) -> Vec<Rect> {
    let mut places = Vec::new();
    for step in 0..22 {
        let off = 9.0 + 12.0 * f64::from(step);
        let beside = [0.0, -0.25, 0.25, -0.5, 0.5, -0.75, 0.75];
        for share in beside {
            let x = at.cx() - w / 2.0 + share * w;
            places.push((x, at.bottom() + off));
            places.push((x, at.y - off - h));
        }
        for share in beside {
            let y = at.cy() - h / 2.0 + share * h;
            places.push((at.right() + off, y));
            places.push((at.x - off - w, y));
        }
    }
    let inside = |&(x, y): &(f64, f64)| {
        let x = within(x, 4.0, (width - w - 4.0).max(4.0));
        let rect = Rect { x, y, w, h };
        (y >= 4.0 && rect.bottom() <= height - 2.0 && !rect.overlaps(&at.grown(5.0))).then_some(rect)
    };
    places.iter().filter_map(inside).collect()
}

/// What may not be hidden: texts and boxes, with `all` the dimmed ones too; the story's arrows and an address's ways.
fn taken(pen: &Pen, arrows: &[Arrow], at: Rect, all: bool) -> Vec<Rect> {
    let mut taken = vec![at.grown(4.0)];
    for group in pen.groups.iter().filter(|group| all || group.light != Light::Far) {
        for mark in &group.marks {
            match mark {
                Mark::Text { .. } => taken.extend(mark.text_rect().map(|rect| rect.grown(2.0))),
                Mark::Box { rect, class, .. } if *class != "stage-card-frame" => taken.push(*rect),
                _ => {}
            }
        }
    }
    for arrow in arrows.iter().filter(|arrow| all || arrow.light != Light::Far) {
        taken.extend(segments(&arrow.points).map(|stretch| stretch.grown(2.0)));
    }
    let ways = pen.ways.iter().filter(|(_, light)| all || *light != Light::Far);
    taken.extend(ways.map(|(stretch, _)| stretch.grown(2.0)));
    taken
}

/// A short line between the two, where they face each other.
fn leader(at: Rect, rect: Rect) -> Option<[(f64, f64); 2]> {
    let x = within(within(at.cx(), rect.x + 8.0, rect.right() - 8.0), at.x + 1.0, at.right() - 1.0);
    let y = within(within(at.cy(), rect.y + 6.0, rect.bottom() - 6.0), at.y + 1.0, at.bottom() - 1.0);
    let over_x = x >= rect.x && x <= rect.right();
    let over_y = y >= rect.y && y <= rect.bottom();
    let line = match (over_x, over_y) {
        (true, _) if rect.y >= at.bottom() => [(x, at.bottom()), (x, rect.y)],
        (true, _) if rect.bottom() <= at.y => [(x, at.y), (x, rect.bottom())],
        (_, true) if rect.x >= at.right() => [(at.right(), y), (rect.x, y)],
        (_, true) if rect.right() <= at.x => [(at.x, y), (rect.right(), y)],
        _ => return None,
    };
    let length = (line[0].0 - line[1].0).abs() + (line[0].1 - line[1].1).abs();
    (length <= 56.0).then_some(line)
}
