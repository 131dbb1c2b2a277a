//! Most recently used: the page used last goes.
//!
//! Absurd at first sight, and right for a loop that is longer than memory: of a file scanned over and over, what was
//! just used is needed last (Chou and DeWitt, "An evaluation of buffer management strategies for relational database
//! systems", VLDB 1985).

use super::order::Order;
use super::{Policy, PolicyView, ReclaimView, Verdict};
use crate::event::Reason;
use crate::units::Pfn;

#[derive(Clone, Debug)]
pub(super) struct Mru {
    uses: Order,
}

impl Mru {
    pub(super) fn new(frames: u32) -> Self {
        Self { uses: Order::new(frames) }
    }
}

impl<N> Policy<N> for Mru {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let pfn = self.uses.rev().find(|&pfn| view.may_go(pfn))?;
        Some(Verdict::Evict(pfn, Reason::LatestUsed))
    }

    fn filled(&mut self, pfn: Pfn, _: N) {
        self.uses.push_back(pfn);
    }

    fn used(&mut self, pfn: Pfn) {
        // A stale TLB entry can lead to a frame that holds no page any more.
        if self.uses.contains(pfn) {
            self.uses.push_back(pfn);
        }
    }

    fn freed(&mut self, pfn: Pfn) {
        self.uses.remove(pfn);
    }

    fn view(&self) -> PolicyView<N> {
        PolicyView::Queue(self.uses.rev().collect())
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
