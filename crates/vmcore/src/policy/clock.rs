//! CLOCK, or second chance: a hand goes round the frames; a set reference bit is cleared and spares the page once.
//!
//! Corbató, "A paging experiment with the Multics system", 1968. The bit is set by fill and by use, and the hand
//! stands after the frame last filled.

use super::{Choice, Policy, PolicyView, ReclaimView};
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

    /// The frames from the hand on, once round.
    fn round(&self) -> impl Iterator<Item = Pfn> + '_ {
        let frames = self.referenced.len() as u32;
        (0..frames).map(move |i| Pfn::new((self.hand + i) % frames))
    }
}

impl Policy for Clock {
    fn victim(&self, view: &ReclaimView<'_>) -> Option<Choice> {
        let mut probes = Vec::new();
        for pfn in self.round().filter(|&pfn| view.may_go(pfn)) {
            if self.referenced[pfn.index()] == Some(true) {
                probes.push(pfn);
            } else {
                return Some(Choice { pfn, reason: Reason::BitClear, probes });
            }
        }
        // All bits were set and are now clear: the first frame passed is the first found again.
        let pfn = *probes.first()?;
        Some(Choice { pfn, reason: Reason::BitClear, probes })
    }

    fn filled(&mut self, pfn: Pfn) {
        self.referenced[pfn.index()] = Some(true);
        self.hand = (pfn.get() + 1) % self.referenced.len() as u32;
    }

    fn used(&mut self, pfn: Pfn) {
        if let Some(bit) = &mut self.referenced[pfn.index()] {
            *bit = true;
        }
    }

    fn freed(&mut self, pfn: Pfn) {
        self.referenced[pfn.index()] = None;
    }

    fn probed(&mut self, pfn: Pfn) {
        self.referenced[pfn.index()] = Some(false);
        self.hand = (pfn.get() + 1) % self.referenced.len() as u32;
    }

    fn view(&self) -> PolicyView {
        PolicyView::Clock { hand: Pfn::new(self.hand), referenced: self.referenced.clone() }
    }

    fn clone_box(&self) -> Box<dyn Policy> {
        Box::new(self.clone())
    }
}
