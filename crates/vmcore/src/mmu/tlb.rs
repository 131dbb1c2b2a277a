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

/// What a place is searched by: the page, and above it the lowest bits of the process. A translation of a huge page, which
/// is searched for in a way of its own, has all of that negated, and an empty place has ones.
///
/// Addresses have at most 57 bits and pages at least 8 bytes, so a page's number has at most 54 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Key(u64);

const PAGE_BITS: u32 = 54;

impl Key {
    /// As long as there are no more processes than this, a key says whose it is all by itself.
    pub(crate) const PROCESSES: usize = 1 << (63 - PAGE_BITS);

    const VACANT: Self = Self(u64::MAX);

    #[inline(always)]
    pub(crate) fn new(pid: Pid, vpn: Vpn) -> Self {
        Self(vpn.get() | u64::from(pid.get()) << PAGE_BITS)
    }

    fn huge(pid: Pid, vpn: Vpn) -> Self {
        Self(!Self::new(pid, vpn).0)
    }

    fn vpn(self, huge: bool) -> Vpn {
        Vpn::new(if huge { !self.0 } else { self.0 } & ((1 << PAGE_BITS) - 1))
    }
}

/// A place for a translation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Place {
    key: Key,
    pte: Pte,
    /// When it was last used (LRU) or filled (FIFO), counted in TLB events; 0 where nothing is.
    stamp: u64,
    pid: Pid,
}

const VACANT: Place = Place { key: Key::VACANT, pte: Pte::EMPTY, stamp: 0, pid: Pid::new(0) };

/// The TLB.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tlb {
    places: Box<[Place]>,
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
        Self {
            places: vec![VACANT; config.tlb_entries as usize].into(),
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
        !self.places.is_empty()
    }

    /// Entries of a set.
    pub fn ways(&self) -> u32 {
        self.ways
    }

    /// What every place holds, set by set.
    pub fn slots(&self) -> Vec<Option<TlbEntry>> {
        (0..self.places.len() as u32).map(|slot| self.slot(slot)).collect()
    }

    /// What one place holds.
    pub fn slot(&self, slot: u32) -> Option<TlbEntry> {
        let Place { key, pte, stamp, pid } = self.places[slot as usize];
        (stamp != 0).then_some(TlbEntry { pid, vpn: key.vpn(pte.is_huge()), pte })
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        size_of_val(&*self.places)
    }

    /// The first place of the set that a page may lie in.
    #[inline]
    pub fn set(&self, vpn: Vpn) -> u32 {
        (vpn.get() as u32 & self.set_mask) * self.ways
    }

    /// Where the translation of a page is.
    #[inline]
    pub fn find(&self, pid: Pid, vpn: Vpn) -> Option<(u32, TlbEntry)> {
        let set = self.set(vpn);
        let small = self.search(set, Key::new(pid, vpn), |place| place.pid == pid && !place.pte.is_huge());
        let slot = match small {
            None if self.huge > 0 => self.find_huge(pid, vpn)?,
            _ => small?,
        };
        Some((slot, self.slot(slot)?))
    }

    #[inline]
    fn search(&self, set: u32, key: Key, is_it: impl Fn(&Place) -> bool) -> Option<u32> {
        let end = (set + self.ways).min(self.places.len() as u32);
        (set..end).find(|&slot| self.places[slot as usize].key == key && is_it(&self.places[slot as usize]))
    }

    /// Where the translation of the huge page is that a page is part of.
    #[inline(never)]
    fn find_huge(&self, pid: Pid, vpn: Vpn) -> Option<u32> {
        let first = Vpn::new(vpn.get() & !(self.huge_pages - 1));
        let is_it = |place: &Place| place.pid == pid && place.stamp != 0 && place.pte.is_huge();
        self.search(self.set_of(first, true), Key::huge(pid, first), is_it)
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
        self.slot(slot).is_some_and(other)
    }

    /// The place that the next translation of a page takes: the lowest empty one of its set, or the oldest, or under
    /// `tlb_policy = random` the one drawn.
    pub(crate) fn place(&self, vpn: Vpn, huge: bool, draws: Option<&Draws>) -> u32 {
        let set = self.set_of(vpn, huge);
        let mut slots = set..set + self.ways;
        if let (TlbPolicy::Random, Some(draws)) = (self.policy, draws)
            && slots.all(|slot| self.places[slot as usize].stamp != 0)
        {
            return set + draws.peek_below(self.ways as usize) as u32;
        }
        self.oldest(set)
    }

    #[inline(never)]
    fn oldest(&self, set: u32) -> u32 {
        let slots = set..set + self.ways;
        slots.min_by_key(|&slot| self.places[slot as usize].stamp).expect("a set has at least one way")
    }

    /// A translation is used.
    pub(crate) fn touch(&mut self, slot: u32) {
        self.touch_place(slot as usize);
    }

    pub(crate) fn fill(&mut self, slot: u32, pid: Pid, vpn: Vpn, pte: Pte) {
        self.forget_huge(slot);
        self.huge += u32::from(pte.is_huge());
        self.now += 1;
        let key = if pte.is_huge() { Key::huge(pid, vpn) } else { Key::new(pid, vpn) };
        self.places[slot as usize] = Place { key, pte, stamp: self.now, pid };
    }

    fn forget_huge(&mut self, slot: u32) {
        self.huge -= u32::from(self.places[slot as usize].pte.is_huge());
    }

    pub(crate) fn drop_slot(&mut self, slot: u32) {
        self.forget_huge(slot);
        self.places[slot as usize] = VACANT;
    }

    pub(crate) fn flush(&mut self) {
        self.huge = 0;
        self.places.fill(VACANT);
    }
}

/// Where a translation is, or where it would be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sought {
    /// The place.
    At(usize),
    /// It is not there: the first place of its set.
    Missed(u32),
}

/// For the express way: small pages of no more processes than [`Key::PROCESSES`], and no places that are drawn. The usual
/// sets of four are gone through without a branch that nobody can foresee.
impl Tlb {
    /// The places from `start` on, if every set has four.
    #[inline(always)]
    fn four(&self, start: u32) -> Option<&[Place; 4]> {
        let (start, end) = (start as usize, start as usize + 4);
        if self.ways == 4 && end <= self.places.len() { self.places[start..end].first_chunk() } else { None }
    }

    /// Where the translation of a small page is.
    #[inline(always)]
    pub(crate) fn seek(&self, key: Key, vpn: Vpn) -> Sought {
        let start = (vpn.get() as u32 & self.set_mask) * 4;
        let Some([first, second, third, fourth]) = self.four(start) else { return self.seek_anywhere(key, vpn) };
        let is = |place: &Place| u32::from(place.key == key);
        let way = is(second) + is(third) * 2 + is(fourth) * 3;
        if way == 0 && first.key != key { Sought::Missed(start) } else { Sought::At((start + (way & 3)) as usize) }
    }

    #[inline(never)]
    fn seek_anywhere(&self, key: Key, vpn: Vpn) -> Sought {
        let set = self.set(vpn);
        self.search(set, key, |_| true).map_or(Sought::Missed(set), |slot| Sought::At(slot as usize))
    }

    /// Whether translations of huge pages are kept.
    #[inline(always)]
    pub(crate) fn has_huge(&self) -> bool {
        self.huge != 0
    }

    /// The entry at a place that holds one.
    #[inline(always)]
    pub(crate) fn entry(&self, place: usize) -> Pte {
        self.places[place].pte
    }

    /// A translation is used.
    #[inline(always)]
    pub(crate) fn touch_place(&mut self, place: usize) {
        self.now += 1;
        if self.policy == TlbPolicy::Lru {
            self.places[place].stamp = self.now;
        }
    }

    /// The translation of a small page takes the place of the oldest of its set, if there is any and none is huge.
    #[inline(always)]
    pub(crate) fn keep(&mut self, start: u32, key: Key, pid: Pid, pte: Pte) {
        let new = Place { key, pte, stamp: self.now + 1, pid };
        let (first, end) = (start as usize, start as usize + 4);
        if self.ways == 4
            && end <= self.places.len()
            && let Some(four) = self.places[first..end].first_chunk_mut::<4>()
        {
            let [a, b, c, d] = four;
            let (low, first) = if b.stamp < a.stamp { (b.stamp, 1) } else { (a.stamp, 0) };
            let (high, second) = if d.stamp < c.stamp { (d.stamp, 3) } else { (c.stamp, 2) };
            four[if high < low { second } else { first }] = new;
            self.now += 1;
        } else if self.exists() {
            self.places[self.oldest(start) as usize] = new;
            self.now += 1;
        }
    }

    /// The translation of a small page is dropped, if it is there, as it hardly ever is when a page is evicted.
    #[inline(always)]
    pub(crate) fn drop_small(&mut self, key: Key, vpn: Vpn) {
        let may_be_there = match self.four((vpn.get() as u32 & self.set_mask) * 4) {
            Some([a, b, c, d]) => (a.key == key) | (b.key == key) | (c.key == key) | (d.key == key),
            None => true,
        };
        if may_be_there {
            self.drop_found(key, vpn);
        }
    }

    #[inline(never)]
    fn drop_found(&mut self, key: Key, vpn: Vpn) {
        if let Sought::At(place) = self.seek_anywhere(key, vpn) {
            self.places[place] = VACANT;
        }
    }
}
