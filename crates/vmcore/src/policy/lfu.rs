//! Least frequently used: the page with the fewest uses since it came goes, among equals the one that came first.
//!
//! The count goes with the page: one that comes back begins anew (Silberschatz, Galvin, Gagne, "Operating System
//! Concepts", "counting-based page replacement").

use super::{ListView, Marked, Policy, PolicyView, ReclaimView, Verdict};
use crate::chunked::ChunkedSet;
use crate::event::Reason;
use crate::units::Pfn;

#[derive(Clone, Debug)]
pub(super) struct Lfu {
    /// Uses, and the number of the fill, by frame; `None` where no page is.
    counts: Vec<Option<(u64, u64)>>,
    /// The same, next to go first.
    ranked: ChunkedSet<(u64, u64, Pfn)>,
    fills: u64,
}

impl Lfu {
    pub(super) fn new(frames: u32) -> Self {
        Self { counts: vec![None; frames as usize], ranked: ChunkedSet::default(), fills: 0 }
    }
}

impl<N> Policy<N> for Lfu {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let &(uses, _, pfn) = self.ranked.keys().find(|&&(.., pfn)| view.may_go(pfn))?;
        Some(Verdict::Evict(pfn, Reason::FewestUses(uses)))
    }

    fn filled(&mut self, pfn: Pfn, _: N) {
        self.fills += 1;
        self.counts[pfn.index()] = Some((1, self.fills));
        self.ranked.add((1, self.fills, pfn));
    }

    fn used(&mut self, pfn: Pfn) {
        if let Some((uses, fill)) = &mut self.counts[pfn.index()] {
            self.ranked.remove(&(*uses, *fill, pfn));
            *uses += 1;
            self.ranked.add((*uses, *fill, pfn));
        }
    }

    fn freed(&mut self, pfn: Pfn) {
        if let Some((uses, fill)) = self.counts[pfn.index()].take() {
            self.ranked.remove(&(uses, fill, pfn));
        }
    }

    fn view(&self) -> PolicyView<N> {
        let pages = self.ranked.keys().map(|&(uses, _, pfn)| Marked { pfn, bit: None, note: uses }).collect();
        let counted = ListView { name: "uses", pages, ghosts: Vec::new() };
        PolicyView::Lists { lists: vec![counted], hand: None, dial: self.fills, wanted: None }
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
