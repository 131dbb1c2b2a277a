//! Not recently used: a page without a reference bit goes, among those a clean one, among those the lowest frame.
//!
//! Four classes: neither referenced nor modified; modified; referenced; both (Tanenbaum and Bos, "Modern Operating
//! Systems", 4th ed., 3.4.2). Every so many uses as there are frames all reference bits are cleared. Modified is what
//! would have to be written before it goes.

use super::{Policy, PolicyView, ReclaimView, Verdict};
use crate::chunked::ChunkedSet;
use crate::event::Reason;
use crate::units::Pfn;

#[derive(Clone, Debug)]
pub(super) struct Nru {
    /// `None` where no page is.
    referenced: Vec<Option<u8>>,
    /// Those whose bit is clear; the numbers are for LFU, whose code is the same.
    idle: ChunkedSet<(u64, u64, Pfn)>,
    since_tick: u32,
    /// Uses from one tick to the next.
    period: u32,
}

impl Nru {
    pub(super) fn new(frames: u32, period: u32) -> Self {
        Self { referenced: vec![None; frames as usize], idle: ChunkedSet::default(), since_tick: 0, period }
    }

    fn refer(&mut self, pfn: Pfn) {
        self.referenced[pfn.index()] = Some(1);
        self.idle.remove(&(0, 0, pfn));
        self.since_tick += 1;
        if self.since_tick == self.period {
            self.since_tick = 0;
            let held = (0..).zip(&self.referenced).filter(|(_, bit)| bit.is_some());
            self.idle = held.map(|(n, _)| ((0, 0, Pfn::new(n)), ())).collect();
            self.referenced.iter_mut().flatten().for_each(|bit| *bit = 0);
        }
    }

    /// The lowest clean frame of some, or the lowest.
    fn lowest(pages: impl Iterator<Item = Pfn> + Clone, view: &ReclaimView<'_>) -> Option<(Pfn, bool)> {
        let mut going = pages.filter(|&pfn| view.may_go(pfn));
        let first = going.clone().next()?;
        Some(going.find(|&pfn| !view.is_modified(pfn)).map_or((first, true), |clean| (clean, false)))
    }
}

impl<N> Policy<N> for Nru {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let busy = (0..).zip(&self.referenced).filter(|(_, bit)| **bit == Some(1)).map(|(n, _)| Pfn::new(n));
        let evict =
            |referenced| move |(pfn, modified)| Verdict::Evict(pfn, Reason::NotRecentlyUsed { referenced, modified });
        let idle = Self::lowest(self.idle.keys().map(|&(.., pfn)| pfn), view).map(evict(false));
        idle.or_else(|| Self::lowest(busy, view).map(evict(true)))
    }

    fn filled(&mut self, pfn: Pfn, _: N) {
        self.refer(pfn);
    }

    fn used(&mut self, pfn: Pfn) {
        if self.referenced[pfn.index()].is_some() {
            self.refer(pfn);
        }
    }

    fn freed(&mut self, pfn: Pfn) {
        self.referenced[pfn.index()] = None;
        self.idle.remove(&(0, 0, pfn));
    }

    fn view(&self) -> PolicyView<N> {
        PolicyView::Registers { name: "R", by_frame: self.referenced.clone(), since_tick: self.since_tick }
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
