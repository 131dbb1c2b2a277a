//! CLOCK, or second chance: a hand goes round the frames; a set reference bit is cleared and spares the page once.
//!
//! Corbató, "A paging experiment with the Multics system", 1968. The bit is set by fill and by use, and the hand
//! stands after the frame last filled.

use super::{Policy, PolicyView, ReclaimView, Verdict};
use crate::event::Reason;
use crate::units::Pfn;

#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// `None` where no page is.
    referenced: Vec<Option<bool>>,
    hand: u32,
}

impl Clock {
    pub(super) fn new(frames: u32) -> Self {
        Self { referenced: vec![None; frames as usize], hand: 0 }
    }

    fn step_past(&mut self, pfn: Pfn) {
        let next = pfn.get() + 1;
        self.hand = if next as usize == self.referenced.len() { 0 } else { next };
    }
}

impl<N> Policy<N> for Clock {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let from_hand = (self.hand..self.referenced.len() as u32).chain(0..self.hand).map(Pfn::new);
        let mut pages = from_hand.filter_map(|pfn| Some((pfn, self.referenced[pfn.index()]?)));
        match pages.find(|&(pfn, _)| view.may_go(pfn))? {
            (pfn, true) => Some(Verdict::Spare(pfn)),
            (pfn, false) => Some(Verdict::Evict(pfn, Reason::BitClear)),
        }
    }

    fn filled(&mut self, pfn: Pfn, _: N) {
        self.referenced[pfn.index()] = Some(true);
        self.step_past(pfn);
    }

    fn used(&mut self, pfn: Pfn) {
        if let Some(bit) = &mut self.referenced[pfn.index()] {
            *bit = true;
        }
    }

    fn spared(&mut self, pfn: Pfn) {
        self.referenced[pfn.index()] = Some(false);
        self.step_past(pfn);
    }

    fn freed(&mut self, pfn: Pfn) {
        self.referenced[pfn.index()] = None;
    }

    fn view(&self) -> PolicyView<N> {
        PolicyView::Clock { hand: Pfn::new(self.hand), referenced: self.referenced.clone() }
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
