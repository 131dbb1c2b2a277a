//! The register of policies: names, what they need, and how each is built.

use super::ghosts::Name;
use super::{
    Future, PageKey, Policy, aging, arc, clock, fifo, lfu, lru, mru, nru, opt, random, s3fifo, sieve, twolist,
};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// The policies that a machine can be given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum PolicyKind {
    /// First in, first out.
    Fifo,
    /// Least recently used.
    Lru,
    /// Most recently used.
    Mru,
    /// One reference bit and a hand.
    Clock,
    /// Not recently used: classes by reference bit and modified bit.
    Nru,
    /// Least frequently used.
    Lfu,
    /// Shift registers of reference bits.
    Aging,
    /// Any page.
    Random,
    /// Belady's: the page next used farthest in the future.
    Opt,
    /// Its opposite: the page next used soonest.
    Unopt,
    /// Adaptive replacement: recency and frequency with ghosts.
    Arc,
    /// A queue and a hand that sifts it.
    Sieve,
    /// A small queue on trial, a main one, and ghosts.
    S3Fifo,
    /// Linux's active and inactive list.
    TwoList,
}

impl PolicyKind {
    /// Every policy.
    pub const ALL: &[Self] = &[
        Self::Fifo,
        Self::Lru,
        Self::Mru,
        Self::Clock,
        Self::Nru,
        Self::Lfu,
        Self::Aging,
        Self::Random,
        Self::Opt,
        Self::Unopt,
        Self::Arc,
        Self::Sieve,
        Self::S3Fifo,
        Self::TwoList,
    ];

    /// The name in the language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fifo => "fifo",
            Self::Lru => "lru",
            Self::Mru => "mru",
            Self::Clock => "clock",
            Self::Nru => "nru",
            Self::Lfu => "lfu",
            Self::Aging => "aging",
            Self::Random => "random",
            Self::Opt => "opt",
            Self::Unopt => "unopt",
            Self::Arc => "arc",
            Self::Sieve => "sieve",
            Self::S3Fifo => "s3-fifo",
            Self::TwoList => "two-list",
        }
    }

    /// What it is called in writing, and its rule in a few words, for a caption.
    pub const fn caption(self) -> (&'static str, &'static str) {
        match self {
            Self::Fifo => ("FIFO", "oldest first"),
            Self::Lru => ("LRU", "longest unused first"),
            Self::Mru => ("MRU", "last used first"),
            Self::Clock => ("CLOCK", "a set bit spares once"),
            Self::Nru => ("NRU", "not recently used first"),
            Self::Lfu => ("LFU", "fewest uses first"),
            Self::Aging => ("aging", "lowest register first"),
            Self::Random => ("random", "any page"),
            Self::Opt => ("OPT", "farthest use first"),
            Self::Unopt => ("UNOPT", "nearest use first"),
            Self::Arc => ("ARC", "used once, used again"),
            Self::Sieve => ("SIEVE", "the hand sifts"),
            Self::S3Fifo => ("S3-FIFO", "small queue, main queue"),
            Self::TwoList => ("two lists", "inactive, active"),
        }
    }

    /// The policy of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether the run must be known before it is run.
    pub const fn needs_future(self) -> bool {
        matches!(self, Self::Opt | Self::Unopt)
    }

    /// Whether it draws random numbers.
    pub const fn needs_draws(self) -> bool {
        matches!(self, Self::Random)
    }

    /// Whether it wants to hear which page comes in before it is asked for a victim.
    pub(crate) const fn hears_wanted(self) -> bool {
        matches!(self, Self::Arc)
    }

    /// A fresh policy for a machine of `frames` frames, of which it has at most `share`.
    pub(crate) fn build(self, frames: u32, share: u32, future: &Rc<Future>) -> Box<dyn Policy> {
        struct Boxed;
        impl Answer<PageKey> for Boxed {
            type Out = Box<dyn Policy>;

            fn of(self, policy: impl Policy<PageKey> + 'static) -> Self::Out {
                Box::new(policy)
            }
        }
        let farthest = self == Self::Opt;
        let foreseen = || Box::new(opt::Opt::new(frames, Rc::clone(future), farthest)) as Box<dyn Policy>;
        with_policy(self, frames, share, Boxed).unwrap_or_else(foreseen)
    }
}

/// What to do with a policy whose type is known.
pub(crate) trait Answer<N> {
    type Out;

    fn of(self, policy: impl Policy<N> + 'static) -> Self::Out;
}

/// Builds a policy and hands it over; `None` for those that must know the future.
pub(crate) fn with_policy<N: Name, A: Answer<N>>(
    kind: PolicyKind,
    frames: u32,
    share: u32,
    answer: A,
) -> Option<A::Out> {
    Some(match kind {
        PolicyKind::Fifo => answer.of(fifo::Fifo::new(frames)),
        PolicyKind::Lru => answer.of(lru::Lru::new(frames)),
        PolicyKind::Mru => answer.of(mru::Mru::new(frames)),
        PolicyKind::Clock => answer.of(clock::Clock::new(frames)),
        PolicyKind::Nru => answer.of(nru::Nru::new(frames, share)),
        PolicyKind::Lfu => answer.of(lfu::Lfu::new(frames)),
        PolicyKind::Aging => answer.of(aging::Aging::new(frames, share)),
        PolicyKind::Random => answer.of(random::Random::default()),
        PolicyKind::Arc => answer.of(arc::Arc::new(frames, share)),
        PolicyKind::Sieve => answer.of(sieve::Sieve::new(frames)),
        PolicyKind::S3Fifo => answer.of(s3fifo::S3Fifo::new(frames, share)),
        PolicyKind::TwoList => answer.of(twolist::TwoList::new(frames, share)),
        PolicyKind::Opt | PolicyKind::Unopt => return None,
    })
}
