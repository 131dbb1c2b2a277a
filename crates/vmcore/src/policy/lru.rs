//! Least recently used: the page unused for the longest time goes.
//!
//! A stack algorithm, so more frames never give more faults (Mattson, Gecsei, Slutz, Traiger, "Evaluation techniques
//! for storage hierarchies", IBM Systems Journal 9(2), 1970).

use super::order::Order;
use super::{Policy, PolicyView, ReclaimView, Verdict};
use crate::event::Reason;
use crate::units::Pfn;

#[derive(Clone, Debug)]
pub(super) struct Lru {
    uses: Order,
}

impl Lru {
    pub(super) fn new(frames: u32) -> Self {
        Self { uses: Order::new(frames) }
    }

    /// [`Policy::used`].
    #[inline(always)]
    pub(super) fn used_at_once(&mut self, pfn: Pfn) {
        // A stale TLB entry can lead to a frame that holds no page any more.
        self.uses.renew(pfn);
    }

    /// The [foremost](Policy::foremost) page gives its frame to another, which is used.
    #[inline(always)]
    pub(super) fn replace_foremost(&mut self) {
        self.uses.rotate();
    }
}

impl<N> Policy<N> for Lru {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let pfn = self.uses.iter().find(|&pfn| view.may_go(pfn))?;
        Some(Verdict::Evict(pfn, Reason::LongestUnused))
    }

    fn filled(&mut self, pfn: Pfn, _: N) {
        self.uses.push_back(pfn);
    }

    fn used(&mut self, pfn: Pfn) {
        self.used_at_once(pfn);
    }

    fn freed(&mut self, pfn: Pfn) {
        self.uses.remove(pfn);
    }

    #[inline(always)]
    fn foremost(&self) -> Option<Pfn> {
        self.uses.first()
    }

    fn view(&self) -> PolicyView<N> {
        PolicyView::Queue(self.uses.iter().collect())
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
