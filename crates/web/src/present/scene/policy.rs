//! The replacement policy's state in its own terms: lines of pages in the order in which they go, what is known of each,
//! a clock's face, and the pages that have left and are remembered.
//!
//! Pages, not frames: a policy ranks what is in the frames. What it will do is the machine's to say.

use super::content::{badge, object_name, vpn_digits};
use super::lit::{Light, Lights, Spot};
use vmcore::frames::Holds;
use vmcore::policy::{ListView, PageKey, PolicyKind, PolicyView, Standing};
use vmcore::sorted::sort_by_key;
use vmcore::state::State;
use vmcore::units::{ObjectId, Pfn, Pid};

/// Most pages of a line.
const MOST_IN_LINE: usize = 24;
/// Most frames on a clock's face.
const MOST_ON_FACE: usize = 12;
/// ARC's `p` is counted in so many parts of a frame.
const WHOLE: u64 = 1 << 16;

/// The policy.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Policy {
    pub(crate) name: &'static str,
    pub(crate) rule: &'static str,
    /// What it tunes by itself: ARC's `p`.
    pub(crate) dial: Option<String>,
    /// The places of the first line stand in a circle, by frame, and a hand goes round.
    pub(crate) face: bool,
    pub(crate) lines: Vec<Line>,
    pub(crate) light: Light,
}

/// Pages in a row.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Line {
    /// Whose or which, where there are several: `T1`, `active`, `A`.
    pub(crate) name: String,
    /// What the notes are.
    pub(crate) notes: &'static str,
    /// They have left, and are remembered.
    pub(crate) ghosts: bool,
    pub(crate) places: Vec<Place>,
    /// Pages that are not drawn.
    pub(crate) more: usize,
}

/// A page in a line.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Place {
    /// Its name: `3` where all are of one file or process, else `p3`; nothing where no page is.
    pub(crate) page: String,
    /// Where it is; ghosts are nowhere.
    pub(crate) pfn: Option<Pfn>,
    /// What the policy knows of it: a reference bit, a number of uses, the uses until the next one.
    pub(crate) note: String,
    /// The hand stands here, or the line's first goes first.
    pub(crate) next: bool,
}

/// The policy at a moment; `victims` have been chosen and are still in their frames.
pub(super) fn policy(state: &State, lights: &Lights, victims: &[Pfn]) -> Policy {
    let kind = state.config().policy;
    let (name, rule) = kind.caption();
    let of = Of { state, kind, victims, common: common(state) };
    let view = state.policy();
    let dial = match &view {
        PolicyView::Lists { dial, .. } if kind == PolicyKind::Arc => Some(format!("p = {}", frames_text(*dial))),
        _ => None,
    };
    let face = matches!(&view, PolicyView::Clock { referenced, .. } if referenced.len() <= MOST_ON_FACE);
    Policy { name, rule, dial, face, lines: of.lines(&view, ""), light: lights.on(Spot::Policy) }
}

/// So many 65,536ths of a frame, to a tenth.
fn frames_text(parts: u64) -> String {
    let tenths = (parts * 10 + WHOLE / 2) / WHOLE;
    if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// What all pages in memory have in common: then their numbers alone tell them apart.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    Object(ObjectId),
    Private(Pid),
}

fn owner(key: PageKey) -> Owner {
    match key {
        PageKey::Object(object, _) => Owner::Object(object),
        PageKey::Private(pid, _) => Owner::Private(pid),
    }
}

fn common(state: &State) -> Option<Owner> {
    let mut owners = (0..state.frames().len() as u32).filter_map(|pfn| key(state, Pfn::new(pfn))).map(owner);
    let first = owners.next()?;
    owners.all(|owner| owner == first).then_some(first)
}

/// The page that a frame holds.
fn key(state: &State, pfn: Pfn) -> Option<PageKey> {
    match (state.frame(pfn).holds(), state.frame(pfn).mappers()) {
        (Holds::Object { object, page }, _) => Some(PageKey::Object(object, page)),
        (Holds::Anon, [mapper, ..]) => Some(PageKey::Private(mapper.pid, mapper.vpn)),
        _ => None,
    }
}

struct Of<'a> {
    state: &'a State,
    kind: PolicyKind,
    victims: &'a [Pfn],
    common: Option<Owner>,
}

impl Of<'_> {
    fn lines(&self, view: &PolicyView, name: &str) -> Vec<Line> {
        match view {
            PolicyView::Uses { now, filled } => vec![self.by_next_use(*now, filled)],
            PolicyView::Local { each, .. } => {
                let processes = self.state.processes().count();
                let whose = |pid: Pid| if pid.index() < processes { badge(self.state, pid) } else { "–".to_owned() };
                each.iter().flat_map(|(pid, view)| self.lines(view, &whose(*pid))).collect()
            }
            PolicyView::Lists { lists, hand, .. } if lists.len() > 1 => {
                lists.iter().flat_map(|list| self.list(list, *hand, name)).collect()
            }
            PolicyView::Clock { hand, referenced } if name.is_empty() && referenced.len() <= MOST_ON_FACE => {
                vec![self.face(*hand, referenced)]
            }
            view => {
                let order = view.order();
                let hands = order.iter().any(|at| at.hand);
                let places = order.iter().enumerate().map(|(at, standing)| {
                    self.place(standing, if hands { standing.hand } else { at == 0 && self.kind != PolicyKind::Random })
                });
                vec![self.line(name.to_owned(), places.collect())]
            }
        }
    }

    fn line(&self, name: String, mut places: Vec<Place>) -> Line {
        let more = places.len().saturating_sub(MOST_IN_LINE);
        places.truncate(MOST_IN_LINE);
        Line { name, notes: self.notes(), ghosts: false, places, more }
    }

    fn notes(&self) -> &'static str {
        match self.kind {
            PolicyKind::Clock | PolicyKind::Nru | PolicyKind::Sieve | PolicyKind::S3Fifo | PolicyKind::TwoList => "bit",
            PolicyKind::Opt | PolicyKind::Unopt => "next",
            PolicyKind::Lfu => "uses",
            PolicyKind::Aging => "age",
            PolicyKind::Fifo | PolicyKind::Lru | PolicyKind::Mru | PolicyKind::Random | PolicyKind::Arc => "",
        }
    }

    /// Every frame's place, the empty ones too.
    fn face(&self, hand: Pfn, referenced: &[Option<bool>]) -> Line {
        let place = |(bit, pfn): (&Option<bool>, u32)| {
            let standing = Standing { pfn: Pfn::new(pfn), bit: *bit, number: None, hand: false };
            let place = self.place(&standing, standing.pfn == hand);
            if bit.is_some() { place } else { Place { page: String::new(), ..place } }
        };
        self.line(String::new(), referenced.iter().zip(0..).map(place).collect())
    }

    /// A list and its ghosts.
    fn list(&self, list: &ListView, hand: Option<Pfn>, whose: &str) -> Vec<Line> {
        let (name, ghosts) = match list.name {
            "used once" => ("T1 once", "B1"),
            "used again" => ("T2 again", "B2"),
            name @ "inactive" => (name, "shadows"),
            name => (name, "ghosts"),
        };
        let name = if whose.is_empty() { name.to_owned() } else { format!("{whose} {name}") };
        let standing = |pfn, bit| Standing { pfn, bit, number: None, hand: hand == Some(pfn) };
        let places = list.pages.iter().map(|page| {
            let standing = standing(page.pfn, page.bit);
            self.place(&standing, standing.hand)
        });
        let mut lines = vec![self.line(name, places.collect())];
        if !list.ghosts.is_empty() {
            let gone = |&(key, _): &(PageKey, u64)| Place {
                page: self.name(Some(key)),
                pfn: None,
                note: String::new(),
                next: false,
            };
            // A victim is remembered as soon as it is chosen, but has not left yet. Those that left last come first.
            let staying = |key: &PageKey| self.victims.iter().any(|&pfn| self::key(self.state, pfn) == Some(*key));
            let places = list.ghosts.iter().rev().filter(|(key, _)| !staying(key)).map(gone).collect();
            lines.push(Line { ghosts: true, notes: "", ..self.line(ghosts.to_owned(), places) });
        }
        lines
    }

    fn place(&self, standing: &Standing, next: bool) -> Place {
        let bit = standing.bit.map(|bit| u64::from(bit).to_string());
        let number = standing.number.map(|number| match self.kind {
            PolicyKind::Aging => format!("{number:08b}"),
            _ => number.to_string(),
        });
        // Who is chosen was next; the hand may have gone on since.
        let next = if self.victims.is_empty() { next } else { self.victims.contains(&standing.pfn) };
        Place {
            page: self.name(key(self.state, standing.pfn)),
            pfn: Some(standing.pfn),
            note: number.or(bit).unwrap_or_default(),
            next,
        }
    }

    /// A page's name, as short as can be.
    fn name(&self, key: Option<PageKey>) -> String {
        let Some(key) = key else { return "–".to_owned() };
        let (initial, number) = match key {
            PageKey::Object(object, page) => {
                (object_name(self.state, object).chars().take(1).collect(), page.get().to_string())
            }
            PageKey::Private(pid, vpn) => {
                let digits = vpn_digits(self.state, vpn);
                (badge(self.state, pid), digits[digits.len().saturating_sub(3)..].to_owned())
            }
        };
        if self.common == Some(owner(key)) { number } else { initial + &number }
    }

    /// Pages with their next uses: where the farthest use goes first, and among such the latest filled, or else the
    /// nearest use, and among such the lowest frame.
    fn by_next_use(&self, now: u64, filled: &[u64]) -> Line {
        let farthest = self.kind == PolicyKind::Opt;
        let frames = self.state.frames().iter().zip(0..);
        let held = frames.filter(|(_, pfn)| key(self.state, Pfn::new(*pfn)).is_some());
        let dated = held.map(|(frame, pfn)| (self.state.setup().future.next_use(frame, now), Pfn::new(pfn)));
        let mut all: Vec<(u64, Pfn)> = dated.collect();
        let filled = |pfn: Pfn| filled.get(pfn.index()).copied().unwrap_or_default();
        sort_by_key(&mut all, |&(next, pfn)| match farthest {
            true => (u64::MAX - next, u64::MAX - filled(pfn)),
            false => (next, 0),
        });
        let places = all.iter().enumerate().map(|(at, &(next, pfn))| {
            let note = if next == u64::MAX { "∞".to_owned() } else { (next - now).to_string() };
            let standing = Standing { pfn, bit: None, number: None, hand: false };
            Place { note, ..self.place(&standing, at == 0) }
        });
        self.line(String::new(), places.collect())
    }
}
