//! Random: any page may go, drawn from the machine's stream of random numbers.
//!
//! The yardstick of policies: no state but the order of filling, and no pattern that defeats it. The victim's place in
//! that order is `int(random() * n)`, as in OSTEP's `paging-policy.py` (Arpaci-Dusseau, chapter 22).

use super::{Policy, PolicyView, ReclaimView, Verdict};
use crate::event::Reason;
use crate::units::Pfn;

#[derive(Clone, Debug, Default)]
pub(super) struct Random {
    /// In order of filling.
    pages: Vec<Pfn>,
}

impl<N> Policy<N> for Random {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let drawn = |of: usize, page: &dyn Fn(usize) -> Option<Pfn>| {
            let place = (of > 0).then(|| view.draw(of))?;
            Some(Verdict::Evict(page(place)?, Reason::Drawn { place: place as u32, of: of as u32 }))
        };
        if view.evictable.is_none() {
            return drawn(self.pages.len(), &|place| self.pages.get(place).copied());
        }
        let going = || self.pages.iter().copied().filter(|&pfn| view.may_go(pfn));
        drawn(going().count(), &|place| going().nth(place))
    }

    fn filled(&mut self, pfn: Pfn, _: N) {
        self.pages.push(pfn);
    }

    fn used(&mut self, _: Pfn) {}

    fn freed(&mut self, pfn: Pfn) {
        if let Some(place) = self.pages.iter().position(|&page| page == pfn) {
            self.pages.remove(place);
        }
    }

    fn view(&self) -> PolicyView<N> {
        PolicyView::Queue(self.pages.clone())
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
