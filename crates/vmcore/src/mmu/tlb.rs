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
}

/// In place of a key: nothing is there.
const VACANT: u64 = u64::MAX;

/// What a place is searched by. Different pages may have the same key, though hardly ever do; the entry decides.
#[inline]
fn key(pid: Pid, vpn: Vpn) -> u64 {
    vpn.get() ^ u64::from(pid.get()) << 48
}

/// The TLB.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tlb {
    slots: Box<[Option<TlbEntry>]>,
    /// By place, side by side, for the search.
    keys: Box<[u64]>,
    /// By place: when it was last used (LRU) or filled (FIFO), counted in TLB events; 0 where nothing is.
    stamps: Box<[u64]>,
    ways: u32,
    /// The bits of a page number that choose its set.
    set_mask: u32,
    policy: TlbPolicy,
    now: u64,
    /// Pages of a huge page, a power of two; 1 if there are none.
    huge_pages: u64,
    /// Translations of huge pages that are kept.
    huge: u32,
}

impl Tlb {
    pub(crate) fn new(config: &Checked) -> Self {
        let whole = config.tlb_ways == 0 || config.tlb_entries == 0;
        let ways = if whole { config.tlb_entries.max(1) } else { config.tlb_ways };
        let places = config.tlb_entries as usize;
        Self {
            slots: vec![None; places].into(),
            keys: vec![VACANT; places].into(),
            stamps: vec![0; places].into(),
            ways,
            set_mask: (config.tlb_entries / ways).saturating_sub(1),
            policy: config.tlb_policy,
            now: 0,
            huge_pages: config.format().huge_pages().unwrap_or(1),
            huge: 0,
        }
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
        (vpn.get() as u32 & self.set_mask) * self.ways
    }

    /// Where the translation of a page is.
    #[inline]
    pub fn find(&self, pid: Pid, vpn: Vpn) -> Option<(u32, &TlbEntry)> {
        let (set, key) = (self.set(vpn), key(pid, vpn));
        let keys = self.keys.get(set as usize..(set + self.ways) as usize)?;
        let &[first, second, third, fourth] = keys else { return self.search(set, key, pid, vpn) };
        // The usual number of ways, without branches that nobody can foresee.
        let way = u32::from(second == key) | u32::from(third == key) << 1 | (u32::from(fourth == key) * 3);
        let slot = set + (way & 3);
        if way == 0 && first != key {
            return if self.huge == 0 { None } else { self.find_huge(pid, vpn) };
        }
        match &self.slots[slot as usize] {
            Some(entry) if entry.vpn == vpn && entry.pid == pid => Some((slot, entry)),
            _ => self.search(set, key, pid, vpn),
        }
    }

    #[inline(never)]
    fn search(&self, set: u32, key: u64, pid: Pid, vpn: Vpn) -> Option<(u32, &TlbEntry)> {
        let mut alike = (set..set + self.ways).filter(|&slot| self.keys[slot as usize] == key);
        let small = alike.find_map(|slot| match &self.slots[slot as usize] {
            Some(entry) if entry.vpn == vpn && entry.pid == pid => Some((slot, entry)),
            _ => None,
        });
        if small.is_some() || self.huge == 0 { small } else { self.find_huge(pid, vpn) }
    }

    /// Where the translation of the huge page is that a page is part of.
    #[inline(never)]
    fn find_huge(&self, pid: Pid, vpn: Vpn) -> Option<(u32, &TlbEntry)> {
        let first = Vpn::new(vpn.get() & !(self.huge_pages - 1));
        let set = self.set_of(first, true);
        (set..set + self.ways).find_map(|slot| {
            let entry = self.slots[slot as usize].as_ref()?;
            (entry.vpn == first && entry.pid == pid && entry.pte.is_huge()).then_some((slot, entry))
        })
    }

    /// The first place of the set for a translation; huge pages are numbered among themselves.
    #[inline]
    fn set_of(&self, vpn: Vpn, huge: bool) -> u32 {
        self.set(if huge { Vpn::new(vpn.get() / self.huge_pages) } else { vpn })
    }

    /// Whether places are drawn.
    #[inline]
    pub(crate) fn is_random(&self) -> bool {
        self.policy == TlbPolicy::Random
    }

    /// Whether a place holds another page's translation.
    pub(crate) fn would_replace(&self, slot: u32, pid: Pid, vpn: Vpn, pte: Pte) -> bool {
        let other = |entry: TlbEntry| (entry.pid, entry.vpn, entry.pte.is_huge()) != (pid, vpn, pte.is_huge());
        self.slots[slot as usize].is_some_and(other)
    }

    /// The place that the next translation of a page takes: the lowest empty one of its set, or the oldest, or under
    /// `tlb_policy = random` the one drawn.
    #[inline(always)]
    pub(crate) fn place(&self, vpn: Vpn, huge: bool, draws: Option<&Draws>) -> u32 {
        let set = self.set_of(vpn, huge);
        let slots = set..set + self.ways;
        if let (TlbPolicy::Random, Some(draws)) = (self.policy, draws)
            && slots.clone().all(|slot| self.slots[slot as usize].is_some())
        {
            return set + draws.peek_below(self.ways as usize) as u32;
        }
        if let &[a, b, c, d] = &self.stamps[set as usize..(set + self.ways) as usize] {
            let (low, first) = if b < a { (b, 1) } else { (a, 0) };
            let (high, second) = if d < c { (d, 3) } else { (c, 2) };
            return set + if high < low { second } else { first };
        }
        self.oldest(slots)
    }

    #[inline(never)]
    fn oldest(&self, slots: std::ops::Range<u32>) -> u32 {
        slots.min_by_key(|&slot| self.stamps[slot as usize]).expect("a set has at least one way")
    }

    #[inline(always)]
    pub(crate) fn touch(&mut self, slot: u32) {
        self.now += 1;
        if self.policy == TlbPolicy::Lru && self.slots[slot as usize].is_some() {
            self.stamps[slot as usize] = self.now;
        }
    }

    #[inline(always)]
    pub(crate) fn fill(&mut self, slot: u32, pid: Pid, vpn: Vpn, pte: Pte) {
        self.now += 1;
        if self.huge > 0 || pte.is_huge() {
            self.forget_huge(slot);
            self.huge += u32::from(pte.is_huge());
        }
        self.slots[slot as usize] = Some(TlbEntry { pid, vpn, pte });
        // Huge pages are searched for in a way of their own.
        self.keys[slot as usize] = if pte.is_huge() { VACANT } else { key(pid, vpn) };
        self.stamps[slot as usize] = self.now;
    }

    #[inline(never)]
    fn forget_huge(&mut self, slot: u32) {
        let before = self.slots[slot as usize];
        self.huge -= u32::from(before.is_some_and(|entry| entry.pte.is_huge()));
    }

    pub(crate) fn drop_slot(&mut self, slot: u32) {
        self.forget_huge(slot);
        self.slots[slot as usize] = None;
        self.keys[slot as usize] = VACANT;
        self.stamps[slot as usize] = 0;
    }

    pub(crate) fn flush(&mut self) {
        self.huge = 0;
        self.slots.fill(None);
        self.keys.fill(VACANT);
        self.stamps.fill(0);
    }
}
