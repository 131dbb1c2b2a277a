//! S3-FIFO: a small queue on trial, a main queue for those used again, and ghosts of those that failed the trial.
//!
//! Most pages are used once; a tenth of memory suffices to find that out. A page leaves the small queue for the main
//! one if it was used more than once there, comes back into the main one if its ghost is still remembered, and goes
//! round in the main one as often as it was used, three times at most (Yang, Zhang, Qiu, Yue, Rashmi, "FIFO queues are
//! all you need for cache eviction", SOSP 2023). The use that a page was brought in for does not count.

use super::ghosts::{Ghosts, Name};
use super::order::Order;
use super::{ListView, Marked, Policy, PolicyView, ReclaimView, Verdict};
use crate::event::Reason;
use crate::units::Pfn;

const MOST_USES: u8 = 3;

#[derive(Clone, Debug)]
pub(super) struct S3Fifo<N: Name> {
    small: Order,
    main: Order,
    ghosts: Ghosts<N>,
    names: Vec<Option<N>>,
    /// Uses, and whether the first is still to come, by frame.
    uses: Vec<(u8, bool)>,
    /// The small queue keeps being asked until a page of it goes.
    trying_small: bool,
    small_target: u32,
    /// How many frames it has at most.
    share: u32,
}

impl<N: Name> S3Fifo<N> {
    pub(super) fn new(frames: u32, share: u32) -> Self {
        Self {
            small: Order::new(frames),
            main: Order::new(frames),
            ghosts: Ghosts::new(),
            names: vec![None; frames as usize],
            uses: vec![(0, false); frames as usize],
            trying_small: false,
            small_target: (share / 10).max(1),
            share,
        }
    }

    fn next_small(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let pfn = self.small.iter().find(|&pfn| view.may_go(pfn))?;
        let spare = self.uses[pfn.index()].0 > 1;
        Some(if spare { Verdict::Spare(pfn) } else { Verdict::Evict(pfn, Reason::FailedTrial) })
    }

    fn next_main(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let pfn = self.main.iter().find(|&pfn| view.may_go(pfn))?;
        let spare = self.uses[pfn.index()].0 > 0;
        Some(if spare { Verdict::Spare(pfn) } else { Verdict::Evict(pfn, Reason::UsedUp) })
    }

    fn list(&self, name: &'static str, order: &Order, ghosts: Vec<(N, u64)>) -> ListView<N> {
        let mark = |pfn: Pfn| {
            let (uses, fresh) = self.uses[pfn.index()];
            let least = if self.small.contains(pfn) { 2 } else { 1 };
            Marked { pfn, bit: Some(uses >= least), note: u64::from(uses) | u64::from(fresh) << 8 }
        };
        ListView { name, pages: order.iter().map(mark).collect(), ghosts }
    }
}

impl<N: Name> Policy<N> for S3Fifo<N> {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        if self.trying_small || self.small.len() >= self.small_target {
            self.next_small(view).or_else(|| self.next_main(view))
        } else {
            self.next_main(view).or_else(|| self.next_small(view))
        }
    }

    fn filled(&mut self, pfn: Pfn, name: N) {
        let known = self.ghosts.take(name).is_some();
        if known { &mut self.main } else { &mut self.small }.push_back(pfn);
        self.names[pfn.index()] = Some(name);
        self.uses[pfn.index()] = (0, true);
    }

    fn used(&mut self, pfn: Pfn) {
        let (uses, fresh) = &mut self.uses[pfn.index()];
        if !std::mem::take(fresh) {
            *uses = MOST_USES.min(*uses + 1);
        }
    }

    fn spared(&mut self, pfn: Pfn) {
        let uses = &mut self.uses[pfn.index()].0;
        if self.small.contains(pfn) {
            self.small.remove(pfn);
            self.trying_small = true;
            *uses = 0;
        } else {
            *uses -= 1;
        }
        self.main.push_back(pfn);
    }

    fn evicted(&mut self, pfn: Pfn) {
        self.trying_small = false;
        let name = self.names[pfn.index()].filter(|_| self.small.contains(pfn));
        if let Some(name) = name {
            self.ghosts.push(name, 0);
            self.ghosts.trim(self.share - self.small_target);
        }
    }

    fn freed(&mut self, pfn: Pfn) {
        self.small.remove(pfn);
        self.main.remove(pfn);
        self.names[pfn.index()] = None;
        self.uses[pfn.index()] = (0, false);
    }

    fn view(&self) -> PolicyView<N> {
        let small = self.list("small", &self.small, self.ghosts.list());
        let main = self.list("main", &self.main, Vec::new());
        PolicyView::Lists { lists: vec![small, main], hand: None, dial: self.trying_small.into(), wanted: None }
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
