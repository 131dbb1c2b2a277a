//! A policy's state in its own terms, for drawing and comparing.

use super::PageKey;
use crate::sorted::sort_by_key;
use crate::units::{Pfn, Pid};

/// A policy's state in its own terms.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum PolicyView<N = PageKey> {
    /// Frames in the order in which they would go, the next victim first.
    Queue(Vec<Pfn>),
    /// A clock face.
    Clock {
        /// The frame under the hand.
        hand: Pfn,
        /// Reference bits by frame; `None` where no page is.
        referenced: Vec<Option<bool>>,
    },
    /// The number of uses so far, for policies that know the future, and when each frame was filled.
    Uses {
        /// Uses so far.
        now: u64,
        /// The number of the fill by frame; 0 where there was none.
        filled: Vec<u64>,
    },
    /// A number by frame that grows and fades.
    Registers {
        /// What the number is: `R` for a reference bit, `age` for a shift register of eight.
        name: &'static str,
        /// By frame; `None` where no page is.
        by_frame: Vec<Option<u8>>,
        /// Uses since all numbers last faded.
        since_tick: u32,
    },
    /// Lines of pages, the next to go first in each.
    Lists {
        /// The lines.
        lists: Vec<ListView<N>>,
        /// The page under a hand, if there is a hand and it does not stand at the front.
        hand: Option<Pfn>,
        /// What the policy tunes by itself, in 65,536ths of a frame (ARC's `p`), or counts (Linux's nonresident age).
        dial: u64,
        /// The page that is about to come in, if the policy has heard of it.
        wanted: Option<N>,
    },
    /// One policy for each process (`scope = local`); the number after the last process's is nobody's.
    Local {
        /// By process.
        each: Vec<(Pid, PolicyView<N>)>,
        /// Whose each frame is.
        owners: Vec<Option<Pid>>,
    },
}

/// One line of pages.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListView<N = PageKey> {
    /// What it is called where the policy is described: `T1`, `active`.
    pub name: &'static str,
    /// Its pages, the next to go first.
    pub pages: Vec<Marked>,
    /// Pages that have left and are remembered, the next to be forgotten first, each with what is remembered of it.
    pub ghosts: Vec<(N, u64)>,
}

/// A page in a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Marked {
    /// Its frame.
    pub pfn: Pfn,
    /// Whether it will be spared when it is come to, where the policy spares pages.
    pub bit: Option<bool>,
    /// What else the policy knows of it: a count of uses, or flags.
    pub note: u64,
}

/// A page as it stands before the policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Its frame.
    pub pfn: Pfn,
    /// Its reference bit, where the policy has one.
    pub bit: Option<bool>,
    /// The number it is ranked by, where the policy has one.
    pub number: Option<u64>,
    /// Whether a hand stands at it.
    pub hand: bool,
}

impl<N> PolicyView<N> {
    /// The pages in the order in which the policy comes to them, line by line; empty where only the future tells.
    pub fn order(&self) -> Vec<Standing> {
        let plain = |pfn| Standing { pfn, bit: None, number: None, hand: false };
        match self {
            Self::Queue(queue) => queue.iter().copied().map(plain).collect(),
            Self::Clock { hand, referenced } => {
                let frames = referenced.len();
                let from_hand = (0..frames).map(|i| (hand.index() + i) % frames);
                let held = from_hand.filter_map(|at| Some((Pfn::new(at as u32), referenced[at]?)));
                held.map(|(pfn, bit)| Standing { bit: Some(bit), hand: pfn == *hand, ..plain(pfn) }).collect()
            }
            Self::Uses { .. } => Vec::new(),
            Self::Registers { name, by_frame, .. } => {
                let numbered = by_frame.iter().zip(0..).filter_map(|(value, pfn)| Some(((*value)?, Pfn::new(pfn))));
                let mut ranked: Vec<(u8, Pfn)> = numbered.collect();
                sort_by_key(&mut ranked, |&(value, _)| value);
                let bits = *name == "R";
                let standing = |&(value, pfn): &(u8, Pfn)| Standing {
                    bit: bits.then_some(value != 0),
                    number: (!bits).then_some(value.into()),
                    ..plain(pfn)
                };
                ranked.iter().map(standing).collect()
            }
            Self::Lists { lists, hand, .. } => {
                let ranked = lists.first().is_some_and(|list| list.name == "uses");
                let standing = |page: &Marked| Standing {
                    bit: page.bit,
                    number: ranked.then_some(page.note),
                    hand: *hand == Some(page.pfn),
                    ..plain(page.pfn)
                };
                lists.iter().flat_map(|list| &list.pages).map(standing).collect()
            }
            Self::Local { each, .. } => each.iter().flat_map(|(_, view)| view.order()).collect(),
        }
    }
}
