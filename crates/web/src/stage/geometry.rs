//! Where everything stands: from a [`Scene`] to marks in SVG units, never measured from the page.
//!
//! Wide: four zones from left to right; distance is cost. Compact: the same zones stacked, for phones. Arrows run in
//! the gutters between the zones and in the channels above page cells, where no text stands.
//!
//! | room | what it owns |
//! |---|---|
//! | [`shape`] | rectangles, marks, groups, the pen that collects them |
//! | [`text`] | type sizes, how wide a text is, shortening and wrapping |
//! | `processes` `translation` `memory` `disk` | one zone each; `policy` and `devices` stand in two of them |
//! | [`arrows`] | the ways of the arrows |
//! | [`caption`] | a place for the caption where it hides nothing |

pub(crate) mod arrows;
pub(crate) mod caption;
mod devices;
mod disk;
mod memory;
mod policy;
mod processes;
pub(crate) mod shape;
pub(crate) mod text;
mod translation;
mod zero;

#[cfg(test)]
mod tests;

use crate::present::scene::Scene;
use crate::present::scene::chain::Chain;
use arrows::Arrow;
use caption::CaptionBox;
use shape::{Anchors, Group, Hit, Pen, Rect};
use text::Style;

/// The picture's width and height at its roomiest, in units that are pixels on a screen of 1280 × 720.
pub(crate) const WIDE: (f64, f64) = (784.0, 556.0);
/// The width of the stacked picture.
const NARROW: f64 = 372.0;
/// How tightly each zone of it is set.
const COMPACT: [Density; 4] = [1, 1, 2, 2];
/// Where the zones begin, below their headings.
const TOP: f64 = 42.0;
/// How much of the bottom stays free.
const FOOT: f64 = 8.0;

/// All marks, ready to be drawn.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Picture {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) groups: Vec<Group>,
    pub(crate) arrows: Vec<Arrow>,
    pub(crate) caption: Option<CaptionBox>,
    pub(crate) hits: Vec<Hit>,
    pub(crate) anchors: Anchors,
    #[cfg(test)]
    pub(crate) ways: Vec<(Rect, crate::present::scene::lit::Light)>,
}

/// A zone's column.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Room {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
}

/// How tightly a zone is set; 0 is roomy.
pub(crate) type Density = u8;

/// The tightest setting.
const TIGHTEST: Density = 5;

type Zone = fn(&mut Pen, &Scene, Room, Density) -> f64;

/// The zones from left to right with their headings.
const ZONES: [(&str, Zone); 4] = [
    ("PROCESSES", processes::draw),
    ("TRANSLATION", translation::draw),
    ("MEMORY", memory::draw),
    ("DISK", disk::draw),
];

/// Lays a scene out. With a chain, what belongs to it is clear and the rest is dimmed.
pub(crate) fn picture(scene: &Scene, chain: Option<&Chain>) -> Picture {
    let mut pen = Pen::new(chain);
    let (width, height, lanes) = if scene.compact { stacked(&mut pen, scene) } else { wide(&mut pen, scene) };
    let arrows = arrows::arrows(scene, chain, &pen, &lanes);
    let caption = match chain {
        None => scene.caption.as_ref().and_then(|caption| caption::place(caption, &pen, &arrows, (width, height))),
        Some(_) => None,
    };
    Picture {
        width,
        height,
        arrows,
        caption,
        #[cfg(test)]
        ways: pen.ways,
        groups: pen.groups,
        hits: pen.hits,
        anchors: pen.anchors,
    }
}

/// Where arrows may run.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Lanes {
    /// Right of the processes' cards.
    pub(crate) processes: f64,
    /// Left of the page tables.
    pub(crate) address: f64,
    /// Above the zones; stacked pictures have none.
    pub(crate) top: Option<f64>,
    /// Left of the frames; right of everything where the zones are stacked.
    pub(crate) memory: f64,
    /// Between frames and disk.
    pub(crate) disk: f64,
}

/// How several scenes are laid out alike.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Fit {
    /// How many times larger than roomy the picture is, and so smaller drawn.
    scale: f64,
    /// The width of the translation's zone.
    translation: f64,
    /// How tightly each zone is set.
    settings: [Density; 4],
    /// The height of each zone at its highest.
    heights: [f64; 4],
}

impl Fit {
    /// The roomiest layout in which all of the scenes fit. What does not fit at the tightest makes the picture larger.
    pub(crate) fn of(scenes: &[&Scene]) -> Self {
        let translation = scenes.iter().map(|scene| translation::width(scene)).fold(0.0, f64::max);
        let fit = Self { scale: 1.0, translation, settings: COMPACT, heights: [0.0; 4] };
        if scenes.iter().any(|scene| scene.compact) {
            let heights = std::array::from_fn(|zone| height(scenes, zone, fit.room(zone, 0.0), COMPACT[zone]));
            return Self { heights, ..fit };
        }
        let mut tried = fit;
        for scale in [1.0, 1.12, 1.25, 1.4, 1.6] {
            tried.scale = scale;
            let most = WIDE.1 * scale - FOOT - TOP;
            for (zone, room) in tried.columns().into_iter().enumerate() {
                (tried.settings[zone], tried.heights[zone]) = setting(scenes, zone, room, most);
            }
            if tried.heights.iter().all(|height| *height <= most) {
                break;
            }
        }
        tried
    }

    /// The four columns. Translation takes what its format needs; the others share the rest.
    fn columns(&self) -> [Room; 4] {
        let gutters = [34.0, 38.0, 26.0];
        let rest = WIDE.0 * self.scale - 24.0 - gutters.iter().sum::<f64>() - self.translation;
        let widths = [rest * 0.44, self.translation, rest * 0.315, rest * 0.245];
        let mut x = 12.0;
        std::array::from_fn(|zone| {
            let room = Room { x, y: TOP, w: widths[zone] };
            x += widths[zone] + gutters.get(zone).copied().unwrap_or_default();
            room
        })
    }

    /// The width of the stacked picture.
    fn stacked(&self) -> f64 {
        NARROW.max(self.translation + 44.0)
    }

    /// The room of a zone of the stacked picture.
    fn room(&self, zone: usize, y: f64) -> Room {
        let x = if zone == 1 { 24.0 } else { 14.0 };
        Room { x, y, w: self.stacked() - x - 24.0 }
    }
}

/// Zones side by side.
fn wide(pen: &mut Pen, scene: &Scene) -> (f64, f64, Lanes) {
    let fit = &scene.fit;
    let columns = fit.columns();
    for (zone, (heading, draw)) in ZONES.iter().enumerate() {
        self::heading(pen, heading, columns[zone].x, 18.0);
        draw(pen, scene, columns[zone], fit.settings[zone]);
    }
    let height = fit.heights.iter().fold(WIDE.1 * fit.scale, |most, height| most.max(TOP + height + FOOT));
    let right = |zone: usize| columns[zone].x + columns[zone].w;
    let lanes = Lanes {
        processes: right(0) + 7.0,
        address: columns[1].x - 9.0,
        top: Some(TOP - 8.0),
        memory: right(1) + 11.0,
        disk: right(2) + 6.0,
    };
    (WIDE.0 * fit.scale, height, lanes)
}

/// The roomiest setting of a zone that is not higher than `most` in any of the scenes, and how high it is at most.
fn setting(scenes: &[&Scene], zone: usize, room: Room, most: f64) -> (Density, f64) {
    let mut density = 0;
    for scene in scenes {
        // What is too tight for one is too tight for all.
        while density < TIGHTEST && height(&[scene], zone, room, density) > most {
            density += 1;
        }
    }
    (density, height(scenes, zone, room, density))
}

/// The height of a zone in the scene in which it is highest.
fn height(scenes: &[&Scene], zone: usize, room: Room, density: Density) -> f64 {
    let each = scenes.iter().map(|scene| ZONES[zone].1(&mut Pen::new(None), scene, room, density) - room.y);
    each.fold(0.0, f64::max)
}

/// Zones one below the other.
fn stacked(pen: &mut Pen, scene: &Scene) -> (f64, f64, Lanes) {
    let fit = &scene.fit;
    let lane = fit.stacked() - 16.0;
    let mut y = 0.0;
    for (zone, (heading, draw)) in ZONES.iter().enumerate() {
        self::heading(pen, heading, 14.0, y + 16.0);
        draw(pen, scene, fit.room(zone, y + 30.0), COMPACT[zone]);
        y += 30.0 + fit.heights[zone] + 18.0;
    }
    let lanes = Lanes { processes: lane, address: 16.0, top: None, memory: lane, disk: lane };
    (fit.stacked(), y, lanes)
}

fn heading(pen: &mut Pen, content: &'static str, x: f64, y: f64) {
    pen.plain("stage-heading");
    pen.text(x, y, Style::Heading, content);
}

/// Squares in rows, each row with the number of its first square before it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Squares {
    pub(crate) size: f64,
    pub(crate) gap: f64,
    columns: usize,
    /// Room for the numbers.
    axis: f64,
}

impl Squares {
    /// The largest squares of which so many fill at most so much height. Rows are as long as they can be counted in.
    pub(crate) fn of(count: usize, greatest: u64, width: f64, height: f64) -> Self {
        let axis = text::width(Style::CodeSmall, &greatest.to_string()) + 5.0;
        let sizes = [(22.0, 3.0), (18.0, 3.0), (15.0, 3.0), (12.5, 2.5), (10.0, 2.0), (8.0, 1.5)];
        let tried = sizes.map(|(size, gap)| {
            let fitting = (((width - axis + gap) / (size + gap)) as usize).max(1);
            let columns = if fitting >= 5 { fitting / 5 * 5 } else { fitting };
            Self { size, gap, columns, axis }
        });
        tried.into_iter().find(|squares| squares.height(count) <= height).unwrap_or(tried[5])
    }

    /// The square's place.
    pub(crate) fn rect(&self, room: Room, at: usize) -> Rect {
        let pitch = self.size + self.gap;
        let (column, row) = ((at % self.columns) as f64, (at / self.columns) as f64);
        Rect { x: room.x + self.axis + column * pitch, y: room.y + row * pitch, w: self.size, h: self.size }
    }

    /// The height of so many, with the gap below the last.
    pub(crate) fn height(&self, count: usize) -> f64 {
        count.div_ceil(self.columns) as f64 * (self.size + self.gap)
    }

    /// The numbers before the rows, as many as there is height for.
    pub(crate) fn numbers(&self, pen: &mut Pen, room: Room, numbers: &[u64]) {
        let pitch = self.size + self.gap;
        let every = if pitch < 11.0 { 2 } else { 1 };
        for (row, first) in numbers.chunks(self.columns).enumerate().step_by(every) {
            let y = room.y + row as f64 * pitch + self.size / 2.0 + 3.5;
            pen.classed(room.x, y, Style::CodeSmall, shape::Align::Start, "stage-number", first[0].to_string());
        }
    }
}

/// What is not drawn, in words, in as many lines as they need; where they end.
pub(crate) fn more(pen: &mut Pen, room: Room, words: &str) -> f64 {
    let mut y = room.y;
    for line in text::wrap(Style::Small, words, room.w) {
        pen.text(room.x, y + 9.0, Style::Small, line);
        y += 12.0;
    }
    y + 1.0
}

/// A room's rectangle from `y` on, so many units high.
pub(crate) fn strip(room: Room, y: f64, h: f64) -> Rect {
    Rect { x: room.x, y, w: room.w, h }
}
