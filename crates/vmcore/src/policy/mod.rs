//! Page replacement: one question, and some things to hear. Each policy is a small file; [`PolicyKind`] lists them.
//!
//! Owns: the order in which pages go. Does not own: capacity, counting, mapping, or writing back what goes.

mod aging;
mod arc;
mod clock;
mod fifo;
mod ghosts;
mod kind;
mod lfu;
mod lru;
mod mru;
mod nru;
mod opt;
mod order;
mod random;
mod s3fifo;
mod scope;
mod sieve;
#[cfg(test)]
mod suite;
mod twolist;
mod view;

pub use kind::PolicyKind;
pub(crate) use kind::{Answer, with_policy};
pub use opt::{Future, PageKey};
pub(crate) use scope::Replacement;
pub use view::{ListView, Marked, PolicyView, Standing};

use crate::event::Reason;
use crate::frames::Frame;
use crate::random::Draws;
use crate::units::Pfn;
use std::fmt::Debug;

/// What a policy may see when it is asked.
pub struct ReclaimView<'a> {
    pub(crate) frames: &'a [Frame],
    /// Which pages may go; `None` means all that are there.
    pub(crate) evictable: Option<&'a dyn Fn(Pfn) -> bool>,
    pub(crate) draws: Option<&'a Draws>,
}

impl ReclaimView<'_> {
    /// Whether the frame's page may go now: it holds a page, is not in use by the running step, and has a place to
    /// go to.
    #[inline]
    pub fn may_go(&self, pfn: Pfn) -> bool {
        self.evictable.is_none_or(|evictable| evictable(pfn))
    }

    /// How many frames there are.
    pub fn frames(&self) -> u32 {
        self.frames.len() as u32
    }

    /// One frame.
    pub fn frame(&self, pfn: Pfn) -> &Frame {
        &self.frames[pfn.index()]
    }

    /// Whether the page has to be written before it may be forgotten.
    pub fn is_modified(&self, pfn: Pfn) -> bool {
        self.frames.get(pfn.index()).is_some_and(Frame::is_modified)
    }

    /// `int(random() * n)` of the machine's stream of random numbers; evicting by it uses the number up.
    pub fn draw(&self, n: usize) -> usize {
        self.draws.expect("a machine with a random policy has random numbers").peek_below(n)
    }
}

/// The answer: the page that the policy comes to next, and what shall become of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is given another chance; the policy is to be asked again once it has heard so.
    Spare(Pfn),
    /// It goes.
    Evict(Pfn, Reason),
}

/// A replacement policy.
///
/// It keeps its own state by listening; asking it changes nothing, so that an answer can be shown before it is acted
/// upon. `N` is how it is told which page is in a frame, for policies that remember pages that have left.
pub trait Policy<N = PageKey> {
    /// Which page the policy comes to next; `None` if no page may go. Spared pages must lead to one that goes.
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict>;

    /// This page is not in memory and is about to be brought in; victims are asked for after that.
    fn wanted(&mut self, name: N) {
        let _ = name;
    }

    /// A page came into a frame. That is a use, too.
    fn filled(&mut self, pfn: Pfn, name: N);

    /// A page was loaded from, stored to, fetched from, or copied by the kernel.
    fn used(&mut self, pfn: Pfn);

    /// The page was given another chance.
    fn spared(&mut self, pfn: Pfn) {
        let _ = pfn;
    }

    /// The page goes because this policy said so; [`freed`](Self::freed) follows.
    fn evicted(&mut self, pfn: Pfn) {
        let _ = pfn;
    }

    /// The page has left the frame.
    fn freed(&mut self, pfn: Pfn);

    /// The page that goes unless something keeps it, where the policy can say so without looking around.
    fn foremost(&self) -> Option<Pfn> {
        None
    }

    /// A page goes because this policy said so, another comes into its frame and is used.
    fn replaced(&mut self, pfn: Pfn, name: N) {
        self.evicted(pfn);
        self.freed(pfn);
        self.filled(pfn, name);
        self.used(pfn);
    }

    /// The policy's state for drawing and comparing.
    fn view(&self) -> PolicyView<N>;

    /// A copy, for a checkpoint.
    fn clone_box(&self) -> Box<dyn Policy<N>>;
}

// Not a duty of every policy: what all of them must have is linked, whether it is used or not.
impl<N: Debug> Debug for dyn Policy<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.view().fmt(f)
    }
}
