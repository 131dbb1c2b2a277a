//! A policy's state in its own terms, for drawing and comparing.

use super::PageKey;
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
    /// Its frames, the next to go first, each with the policy's mark: a bit, a count of uses, flags.
    pub pages: Vec<(Pfn, u64)>,
    /// Pages that have left and are remembered, the next to be forgotten first, each with what is remembered of it.
    pub ghosts: Vec<(N, u64)>,
}
