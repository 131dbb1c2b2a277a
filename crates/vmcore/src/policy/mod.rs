//! Page replacement: one question, three things to hear. Each policy is a small file; [`PolicyKind`] lists them.
//!
//! Owns: the order in which pages go. Does not own: capacity, counting, mapping, or writing back what goes.

mod clock;
mod fifo;
mod lru;
mod opt;
mod order;

pub use opt::{Future, PageKey};

use crate::event::Reason;
use crate::frames::Frame;
use crate::units::Pfn;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::rc::Rc;

/// What a policy may see when it is asked.
pub struct ReclaimView<'a> {
    pub(crate) frames: &'a [Frame],
    pub(crate) evictable: &'a dyn Fn(Pfn) -> bool,
}

impl ReclaimView<'_> {
    /// Whether the frame's page may go now: it holds a page, is not in use by the running step, and has a place to
    /// go to.
    pub fn may_go(&self, pfn: Pfn) -> bool {
        (self.evictable)(pfn)
    }

    /// How many frames there are.
    pub fn frames(&self) -> u32 {
        self.frames.len() as u32
    }

    /// One frame.
    pub fn frame(&self, pfn: Pfn) -> &Frame {
        &self.frames[pfn.index()]
    }
}

/// The answer: who goes, why, and whom the policy passed over with a second chance on the way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The victim.
    pub pfn: Pfn,
    /// Why.
    pub reason: Reason,
    /// Frames that were given another chance, in order.
    pub probes: Vec<Pfn>,
}

/// A replacement policy.
///
/// It keeps its own state by listening; asking for a victim changes nothing, so that an answer can be shown before
/// it is acted upon.
pub trait Policy: Debug {
    /// Which page shall go; `None` if none may.
    fn victim(&self, view: &ReclaimView<'_>) -> Option<Choice>;

    /// A page came into a frame. That is a use, too.
    fn filled(&mut self, pfn: Pfn);

    /// A page was loaded from, stored to, fetched from, or copied by the kernel.
    fn used(&mut self, pfn: Pfn);

    /// The page has left the frame.
    fn freed(&mut self, pfn: Pfn);

    /// The page was given another chance.
    fn probed(&mut self, pfn: Pfn) {
        let _ = pfn;
    }

    /// The policy's state for drawing and comparing.
    fn view(&self) -> PolicyView;

    /// A copy, for a checkpoint.
    fn clone_box(&self) -> Box<dyn Policy>;
}

/// A policy's state in its own terms.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum PolicyView {
    /// Frames in the order in which they would go, the next victim first.
    Queue(Vec<Pfn>),
    /// A clock face.
    Clock {
        /// The frame under the hand.
        hand: Pfn,
        /// Reference bits by frame; `None` where no page is.
        referenced: Vec<Option<bool>>,
    },
    /// The number of uses so far, for policies that know the future.
    Uses(u64),
}

/// The policies that a machine can be given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum PolicyKind {
    /// First in, first out.
    Fifo,
    /// Least recently used.
    Lru,
    /// One reference bit and a hand.
    Clock,
    /// Belady's: the page next used farthest in the future.
    Opt,
}

impl PolicyKind {
    /// Every policy.
    pub const ALL: &[Self] = &[Self::Fifo, Self::Lru, Self::Clock, Self::Opt];

    /// The name in the language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fifo => "fifo",
            Self::Lru => "lru",
            Self::Clock => "clock",
            Self::Opt => "opt",
        }
    }

    /// The policy of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether the run must be known before it is run.
    pub const fn needs_future(self) -> bool {
        matches!(self, Self::Opt)
    }

    /// A fresh policy for `frames` frames.
    pub(crate) fn build(self, frames: u32, future: &Rc<Future>) -> Box<dyn Policy> {
        match self {
            Self::Fifo => Box::new(fifo::Fifo::new(frames)),
            Self::Lru => Box::new(lru::Lru::new(frames)),
            Self::Clock => Box::new(clock::Clock::new(frames)),
            Self::Opt => Box::new(opt::Opt::new(frames, Rc::clone(future))),
        }
    }
}
