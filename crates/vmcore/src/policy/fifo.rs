//! First in, first out: the page that came first goes first, however much it is used.
//!
//! Simple enough to show Belady's anomaly, where more frames give more faults (Belady, Nelson, Shedler, "An anomaly
//! in space-time characteristics of certain programs running in a paging machine", CACM 12(6), 1969).

use super::order::Order;
use super::{Policy, PolicyView, ReclaimView, Verdict};
use crate::event::Reason;
use crate::units::Pfn;

#[derive(Clone, Debug)]
pub(super) struct Fifo {
    arrivals: Order,
}

impl Fifo {
    pub(super) fn new(frames: u32) -> Self {
        Self { arrivals: Order::new(frames) }
    }
}

impl<N> Policy<N> for Fifo {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let pfn = self.arrivals.iter().find(|&pfn| view.may_go(pfn))?;
        Some(Verdict::Evict(pfn, Reason::OldestArrival))
    }

    fn filled(&mut self, pfn: Pfn, _: N) {
        self.arrivals.push_back(pfn);
    }

    fn used(&mut self, _: Pfn) {}

    fn freed(&mut self, pfn: Pfn) {
        self.arrivals.remove(pfn);
    }

    fn foremost(&self) -> Option<Pfn> {
        self.arrivals.first()
    }

    fn replaced(&mut self, pfn: Pfn, _: N) {
        self.arrivals.push_back(pfn);
    }

    fn view(&self) -> PolicyView<N> {
        PolicyView::Queue(self.arrivals.iter().collect())
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
