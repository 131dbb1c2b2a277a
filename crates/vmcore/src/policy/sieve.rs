//! SIEVE: a queue in order of arrival and a hand that goes from old to new; what was used since stays where it is.
//!
//! Unlike CLOCK's, the survivors do not mix with newcomers, which are sifted out quickly (Zhang, Yang, Yue, Vigfusson,
//! Rashmi, "SIEVE is simpler than LRU", NSDI 2024). The use that a page was brought in for does not count as one.

use super::order::Order;
use super::{ListView, Marked, Policy, PolicyView, ReclaimView, Verdict};
use crate::event::Reason;
use crate::units::Pfn;

/// What a page has seen.
const NEW: u8 = 0;
const SETTLED: u8 = 1;
const VISITED: u8 = 2;

#[derive(Clone, Debug)]
pub(super) struct Sieve {
    arrivals: Order,
    seen: Vec<u8>,
    /// `None` is the oldest.
    hand: Option<Pfn>,
}

impl Sieve {
    pub(super) fn new(frames: u32) -> Self {
        Self { arrivals: Order::new(frames), seen: vec![NEW; frames as usize], hand: None }
    }

    fn marked(&self, pfn: Pfn) -> Marked {
        let seen = self.seen[pfn.index()];
        Marked { pfn, bit: Some(seen == VISITED), note: seen.into() }
    }
}

impl<N> Policy<N> for Sieve {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        // After the newest comes the oldest; what lies before the hand comes again at last.
        let mut round = self.arrivals.from(self.hand).chain(self.arrivals.iter());
        let pfn = round.find(|&pfn| view.may_go(pfn))?;
        if self.seen[pfn.index()] == VISITED {
            return Some(Verdict::Spare(pfn));
        }
        Some(Verdict::Evict(pfn, Reason::NotVisited))
    }

    fn filled(&mut self, pfn: Pfn, _: N) {
        self.arrivals.push_back(pfn);
        self.seen[pfn.index()] = NEW;
    }

    fn used(&mut self, pfn: Pfn) {
        let seen = &mut self.seen[pfn.index()];
        *seen = VISITED.min(*seen + 1);
    }

    fn spared(&mut self, pfn: Pfn) {
        self.seen[pfn.index()] = SETTLED;
        self.hand = self.arrivals.after(pfn);
    }

    fn evicted(&mut self, pfn: Pfn) {
        self.hand = self.arrivals.after(pfn);
    }

    fn freed(&mut self, pfn: Pfn) {
        if self.hand == Some(pfn) {
            self.hand = self.arrivals.after(pfn);
        }
        self.arrivals.remove(pfn);
        self.seen[pfn.index()] = NEW;
    }

    fn view(&self) -> PolicyView<N> {
        let pages = self.arrivals.iter().map(|pfn| self.marked(pfn)).collect();
        let queue = ListView { name: "arrivals", pages, ghosts: Vec::new() };
        PolicyView::Lists { lists: vec![queue], hand: self.hand, dial: 0, wanted: None }
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
