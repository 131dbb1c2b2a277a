//! Rectangles, marks, groups, and the pen that collects them.

use super::text::{Style, width};
use crate::present::scene::chain::Chain;
use crate::present::scene::content::Texture;
use crate::present::scene::lit::{Light, Spot};
use vmcore::units::{Pid, VirtAddr, Vpn};

/// The value, or the bound that it lies beyond. The standard library's `clamp` could print its bounds in a panic, and
/// with it would come all of its printing of floating-point numbers.
pub(crate) fn within(value: f64, least: f64, most: f64) -> f64 {
    if value < least {
        return least;
    }
    if value > most { most } else { value }
}

/// A rectangle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

impl Rect {
    pub(crate) fn right(&self) -> f64 {
        self.x + self.w
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.y + self.h
    }

    pub(crate) fn cx(&self) -> f64 {
        self.x + self.w / 2.0
    }

    pub(crate) fn cy(&self) -> f64 {
        self.y + self.h / 2.0
    }

    /// Whether the two share more than an edge.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Grown by so much on every side.
    pub(crate) fn grown(&self, by: f64) -> Self {
        Self { x: self.x - by, y: self.y - by, w: self.w + 2.0 * by, h: self.h + 2.0 * by }
    }
}

/// Where a text's position stands in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}

/// What is drawn.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Mark {
    /// A box; `class` says what it looks like.
    Box { rect: Rect, radius: f64, class: &'static str },
    /// A stretch filled with a file's texture.
    Texture { rect: Rect, texture: Texture },
    /// A text on its baseline.
    Text { x: f64, y: f64, style: Style, align: Align, class: &'static str, content: String },
    /// A round badge with a process's letter.
    Badge { x: f64, y: f64, r: f64, pid: Pid, ghost: bool, content: String },
    /// The pencil of a page that is newer than the disk.
    Pencil { x: f64, y: f64 },
    /// A line along `d`.
    Line { d: String, class: &'static str },
}

impl Mark {
    /// The rectangle of a text; nothing for other marks.
    pub(crate) fn text_rect(&self) -> Option<Rect> {
        match self {
            Self::Text { x, y, style, align, content, .. } => {
                let w = width(*style, content);
                let x = match align {
                    Align::Start => *x,
                    Align::Middle => x - w / 2.0,
                    Align::End => x - w,
                };
                let size = style.size();
                Some(Rect { x, y: y - size * 0.76, w, h: size * 0.98 })
            }
            _ => None,
        }
    }
}

/// Marks that share a light.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Group {
    /// What it is: the class of its element.
    pub(crate) class: &'static str,
    pub(crate) spot: Option<Spot>,
    pub(crate) light: Light,
    /// Drawn in a process's colour.
    pub(crate) pid: Option<Pid>,
    /// It was chosen.
    pub(crate) picked: bool,
    pub(crate) marks: Vec<Mark>,
}

/// A place that can be pointed at.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Hit {
    pub(crate) spot: Spot,
    pub(crate) rect: Rect,
    pub(crate) words: String,
    /// A page can be loaded from and stored to, and is reached by the keyboard.
    pub(crate) page: Option<PageHit>,
}

/// A page cell among those of its process.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct PageHit {
    pub(crate) pid: Pid,
    pub(crate) vpn: Vpn,
    pub(crate) va: VirtAddr,
}

/// Where places are drawn.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Anchors(Vec<(Spot, Rect)>);

impl Anchors {
    pub(crate) fn get(&self, spot: Spot) -> Option<Rect> {
        self.0.iter().find(|(at, _)| *at == spot).map(|(_, rect)| *rect)
    }
}

/// Collects what the zones draw.
pub(crate) struct Pen<'a> {
    chain: Option<&'a Chain>,
    pub(crate) groups: Vec<Group>,
    pub(crate) hits: Vec<Hit>,
    pub(crate) anchors: Anchors,
    /// Stretches of the ways of addresses, and how bright they are.
    pub(crate) ways: Vec<(Rect, Light)>,
}

impl<'a> Pen<'a> {
    pub(crate) fn new(chain: Option<&'a Chain>) -> Self {
        Self { chain, groups: Vec::new(), hits: Vec::new(), anchors: Anchors::default(), ways: Vec::new() }
    }

    /// Begins a group that belongs to no place and is never dimmed.
    pub(crate) fn plain(&mut self, class: &'static str) {
        self.push(class, None, Light::Near, None, false);
    }

    /// Begins a group that belongs to no place; it is not part of any chain.
    pub(crate) fn group(&mut self, class: &'static str, light: Light, pid: Option<Pid>) {
        let light = if self.chain.is_some() { Light::Far } else { light };
        self.push(class, None, light, pid, false);
    }

    /// Begins the group of a place, whose light a chain decides.
    pub(crate) fn place(&mut self, class: &'static str, spot: Spot, light: Light, pid: Option<Pid>) {
        let (light, picked) = match self.chain {
            None => (light, false),
            Some(chain) if chain.spots.contains(&spot) => (Light::Near, chain.spots.first() == Some(&spot)),
            Some(_) => (Light::Far, false),
        };
        self.push(class, Some(spot), light, pid, picked);
    }

    fn push(&mut self, class: &'static str, spot: Option<Spot>, light: Light, pid: Option<Pid>, picked: bool) {
        self.groups.push(Group { class, spot, light, pid, picked, marks: Vec::new() });
    }

    pub(crate) fn mark(&mut self, mark: Mark) {
        self.groups.last_mut().expect("a group is begun before anything is drawn").marks.push(mark);
    }

    pub(crate) fn rect(&mut self, rect: Rect, radius: f64, class: &'static str) {
        self.mark(Mark::Box { rect, radius, class });
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, style: Style, content: impl Into<String>) {
        self.aligned(x, y, style, Align::Start, content);
    }

    pub(crate) fn aligned(&mut self, x: f64, y: f64, style: Style, align: Align, content: impl Into<String>) {
        self.classed(x, y, style, align, "", content);
    }

    pub(crate) fn classed(
        &mut self,
        x: f64,
        y: f64,
        style: Style,
        align: Align,
        class: &'static str,
        content: impl Into<String>,
    ) {
        let content = content.into();
        if !content.is_empty() {
            self.mark(Mark::Text { x, y, style, align, class, content });
        }
    }

    pub(crate) fn anchor(&mut self, spot: Spot, rect: Rect) {
        self.anchors.0.push((spot, rect));
    }

    pub(crate) fn hit(&mut self, spot: Spot, rect: Rect, words: impl Into<String>) {
        self.hits.push(Hit { spot, rect, words: words.into(), page: None });
    }
}
