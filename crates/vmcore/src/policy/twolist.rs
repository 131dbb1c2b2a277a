//! Linux's two lists: pages prove themselves on the inactive list before they join the active one.
//!
//! After `mm/vmscan.c` and `mm/workingset.c` (6.x), for one kind of page. Every page comes with its accessed bit set, by
//! the fault that brought it; reclaim looks at the oldest inactive page (`folio_check_references`): a set bit is cleared
//! and spares it once with a mark, a set bit on a marked page makes it active, a clear one lets it go. While the inactive
//! list is the shorter one, the oldest active page moves over, whatever its bit (`shrink_active_list`,
//! `inactive_is_low` below 1 GiB). A page that leaves is remembered with the clock of evictions and activations; one that
//! comes back before that clock has gone on by more than the active list is long would have stayed had the inactive list
//! had the active one's place, and is active at once (`workingset_refault`).

use super::ghosts::{Ghosts, Name};
use super::order::Order;
use super::{ListView, Marked, Policy, PolicyView, ReclaimView, Verdict};
use crate::event::Reason;
use crate::units::Pfn;

const ACCESSED: u64 = 1;
const MARKED: u64 = 2;

#[derive(Clone, Debug)]
pub(super) struct TwoList<N: Name> {
    inactive: Order,
    active: Order,
    flags: Vec<u64>,
    names: Vec<Option<N>>,
    /// Linux's shadow entries: the clock at which a page went.
    shadows: Ghosts<N>,
    /// `nonresident_age`.
    clock: u64,
    /// How many frames it has at most.
    share: u32,
}

impl<N: Name> TwoList<N> {
    pub(super) fn new(frames: u32, share: u32) -> Self {
        Self {
            inactive: Order::new(frames),
            active: Order::new(frames),
            flags: vec![0; frames as usize],
            names: vec![None; frames as usize],
            shadows: Ghosts::new(),
            clock: 0,
            share,
        }
    }

    fn activate(&mut self, pfn: Pfn) {
        self.inactive.remove(pfn);
        self.active.push_back(pfn);
        self.clock += 1;
    }

    fn list(&self, name: &'static str, order: &Order, ghosts: Vec<(N, u64)>) -> ListView<N> {
        let mark = |pfn: Pfn| {
            let flags = self.flags[pfn.index()];
            Marked { pfn, bit: Some(flags & ACCESSED != 0), note: flags }
        };
        ListView { name, pages: order.iter().map(mark).collect(), ghosts }
    }
}

impl<N: Name> Policy<N> for TwoList<N> {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let oldest = |order: &Order| order.iter().find(|&pfn| view.may_go(pfn));
        let active = || oldest(&self.active).map(Verdict::Spare);
        let inactive = || {
            let pfn = oldest(&self.inactive)?;
            let accessed = self.flags[pfn.index()] & ACCESSED != 0;
            Some(if accessed { Verdict::Spare(pfn) } else { Verdict::Evict(pfn, Reason::Inactive) })
        };
        if self.inactive.len() < self.active.len() { active().or_else(inactive) } else { inactive().or_else(active) }
    }

    fn filled(&mut self, pfn: Pfn, name: N) {
        self.names[pfn.index()] = Some(name);
        self.flags[pfn.index()] = ACCESSED;
        match self.shadows.take(name) {
            Some(left) if self.clock - left <= self.active.len().into() => self.activate(pfn),
            _ => self.inactive.push_back(pfn),
        }
    }

    fn used(&mut self, pfn: Pfn) {
        if self.names[pfn.index()].is_some() {
            self.flags[pfn.index()] |= ACCESSED;
        }
    }

    fn spared(&mut self, pfn: Pfn) {
        let marked = self.flags[pfn.index()] & MARKED != 0;
        self.flags[pfn.index()] &= !ACCESSED;
        if self.active.contains(pfn) {
            self.active.remove(pfn);
            self.inactive.push_back(pfn);
            return;
        }
        self.flags[pfn.index()] |= MARKED;
        if marked {
            self.activate(pfn);
        } else {
            self.inactive.push_back(pfn);
        }
    }

    fn evicted(&mut self, pfn: Pfn) {
        let Some(name) = self.names[pfn.index()] else { return };
        self.shadows.push(name, self.clock);
        self.clock += 1;
        // Older ones could never be near enough.
        self.shadows.trim(self.share);
    }

    fn freed(&mut self, pfn: Pfn) {
        self.inactive.remove(pfn);
        self.active.remove(pfn);
        self.names[pfn.index()] = None;
        self.flags[pfn.index()] = 0;
    }

    fn view(&self) -> PolicyView<N> {
        let inactive = self.list("inactive", &self.inactive, self.shadows.list());
        let active = self.list("active", &self.active, Vec::new());
        PolicyView::Lists { lists: vec![inactive, active], hand: None, dial: self.clock, wanted: None }
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
