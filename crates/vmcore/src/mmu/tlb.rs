//! The translation look-aside buffer: a small copy of page-table entries, in sets and ways.

use crate::config::{Checked, TlbPolicy};
use crate::pte::Pte;
use crate::random::Draws;
use crate::units::{Pid, Vpn};

/// One translation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TlbEntry {
    /// Whose; the address-space identifier of a tagged TLB.
    pub pid: Pid,
    /// Which page.
    pub vpn: Vpn,
    /// A copy of its entry.
    pub pte: Pte,
    /// When it was last used (LRU) or filled (FIFO), counted in TLB events.
    pub stamp: u64,
}

/// The TLB.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tlb {
    slots: Box<[Option<TlbEntry>]>,
    ways: u32,
    policy: TlbPolicy,
    now: u64,
}

impl Tlb {
    pub(crate) fn new(config: &Checked) -> Self {
        let ways = if config.tlb_ways == 0 { config.tlb_entries.max(1) } else { config.tlb_ways };
        let slots = vec![None; config.tlb_entries as usize].into();
        Self { slots, ways, policy: config.tlb_policy, now: 0 }
    }

    /// Whether there is one at all.
    #[inline]
    pub fn exists(&self) -> bool {
        !self.slots.is_empty()
    }

    /// Entries of a set.
    pub fn ways(&self) -> u32 {
        self.ways
    }

    /// Every place, set by set.
    pub fn slots(&self) -> &[Option<TlbEntry>] {
        &self.slots
    }

    /// The first place of the set that a page may lie in.
    #[inline]
    pub fn set(&self, vpn: Vpn) -> u32 {
        let sets = self.slots.len() as u64 / u64::from(self.ways);
        (vpn.get() & (sets - 1)) as u32 * self.ways
    }

    /// Where the translation of a page is.
    #[inline]
    pub fn find(&self, pid: Pid, vpn: Vpn) -> Option<(u32, &TlbEntry)> {
        if !self.exists() {
            return None;
        }
        let set = self.set(vpn);
        let ways = &self.slots[set as usize..(set + self.ways) as usize];
        let mut found = ways.iter().zip(set..);
        found.find_map(|(entry, slot)| match entry {
            Some(entry) if entry.vpn == vpn && entry.pid == pid => Some((slot, entry)),
            _ => None,
        })
    }

    /// Whether places are drawn.
    #[inline]
    pub(crate) fn is_random(&self) -> bool {
        self.policy == TlbPolicy::Random
    }

    /// Whether a place holds another page's translation.
    pub(crate) fn would_replace(&self, slot: u32, pid: Pid, vpn: Vpn) -> bool {
        self.slots[slot as usize].is_some_and(|entry| (entry.pid, entry.vpn) != (pid, vpn))
    }

    /// The place that the next translation of a page takes: the lowest empty one of its set, or the oldest, or under
    /// `tlb_policy = random` the one drawn.
    #[inline]
    pub(crate) fn place(&self, vpn: Vpn, draws: Option<&Draws>) -> u32 {
        let set = self.set(vpn);
        let slots = set..set + self.ways;
        if let (TlbPolicy::Random, Some(draws)) = (self.policy, draws)
            && slots.clone().all(|slot| self.slots[slot as usize].is_some())
        {
            return set + draws.peek_below(self.ways as usize) as u32;
        }
        let age = |&slot: &u32| self.slots[slot as usize].map_or(0, |entry| entry.stamp + 1);
        slots.min_by_key(age).expect("a set has at least one way")
    }

    #[inline]
    pub(crate) fn touch(&mut self, slot: u32) {
        self.now += 1;
        if let (TlbPolicy::Lru, Some(entry)) = (self.policy, &mut self.slots[slot as usize]) {
            entry.stamp = self.now;
        }
    }

    #[inline]
    pub(crate) fn fill(&mut self, slot: u32, pid: Pid, vpn: Vpn, pte: Pte) {
        self.now += 1;
        self.slots[slot as usize] = Some(TlbEntry { pid, vpn, pte, stamp: self.now });
    }

    pub(crate) fn drop_slot(&mut self, slot: u32) {
        self.slots[slot as usize] = None;
    }

    pub(crate) fn flush(&mut self) {
        self.slots.fill(None);
    }
}
