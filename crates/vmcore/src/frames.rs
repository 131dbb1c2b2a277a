//! Physical memory: the frames, who maps them, and which are free.
//!
//! Owns: a frame's holder, content, mappers and marks. Does not own: the choice of a victim (`policy`).

use crate::object::PageBytes;
use crate::units::{FilePage, ObjectId, Pfn, Pid, SlotId, TableId, Vpn};
use std::num::NonZeroU32;

/// What a frame holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Holds {
    /// Nothing.
    Free,
    /// It is being filled.
    Taken,
    /// A page of a file or shared-memory object: the page cache.
    Object {
        /// Whose.
        object: ObjectId,
        /// Which page.
        page: FilePage,
    },
    /// A private page.
    Anon,
    /// A page table, or a part of one (`tables_in_frames`): never evicted.
    Table(TableId),
    /// Bytes that the scenario put there, or what its raw entries map: never evicted.
    Raw,
}

/// A page-table entry that points at a frame.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Mapper {
    /// Whose page table.
    pub pid: Pid,
    /// Which page.
    pub vpn: Vpn,
}

/// The reverse map of one frame, ordered; almost always none or one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) enum Mappers {
    #[default]
    None,
    One(Mapper),
    Many(Vec<Mapper>),
}

impl Mappers {
    #[inline]
    pub(crate) fn as_slice(&self) -> &[Mapper] {
        match self {
            Self::None => &[],
            Self::One(mapper) => std::slice::from_ref(mapper),
            Self::Many(all) => all,
        }
    }

    #[inline]
    pub(crate) fn add(&mut self, mapper: Mapper) {
        match self {
            Self::None => *self = Self::One(mapper),
            Self::One(first) => {
                *self = Self::Many(vec![mapper.min(*first), mapper.max(*first)]);
            }
            Self::Many(all) => {
                let at = all.partition_point(|other| *other < mapper);
                all.insert(at, mapper);
            }
        }
    }

    #[inline]
    pub(crate) fn remove(&mut self, mapper: Mapper) {
        match self {
            Self::One(only) if *only == mapper => *self = Self::None,
            Self::Many(all) => {
                let at = all.binary_search(&mapper).expect("the reverse map knows every mapper");
                all.remove(at);
                if let [only] = all[..] {
                    *self = Self::One(only);
                }
            }
            _ => unreachable!("the reverse map knows every mapper"),
        }
    }
}

/// One frame of physical memory, without its bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Frame {
    pub(crate) holds: Holds,
    pub(crate) mappers: Mappers,
    pub(crate) dirty: bool,
    pub(crate) slot: Option<SmallSlot>,
    /// Private, and may be dropped while clean (`MADV_FREE`).
    pub(crate) lazy: bool,
    /// Whoever comes to it starts the next read ahead (Linux's `PG_readahead`).
    pub(crate) mark: bool,
    /// It was filled as part of a huge page, which has not been taken apart since (Linux: of a large folio).
    pub(crate) large: bool,
}

impl Frame {
    pub(crate) const fn empty() -> Self {
        Self {
            holds: Holds::Free,
            mappers: Mappers::None,
            dirty: false,
            slot: None,
            lazy: false,
            mark: false,
            large: false,
        }
    }

    /// What it holds.
    #[inline]
    pub fn holds(&self) -> Holds {
        self.holds
    }

    /// The entries that point at it, ordered by process and page.
    #[inline]
    pub fn mappers(&self) -> &[Mapper] {
        self.mappers.as_slice()
    }

    /// Newer than the disk's page; of shared memory, which has no disk, written at all.
    #[inline]
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Given back by `MADV_FREE`: a private page that reclaim may drop as long as nobody writes it.
    #[inline]
    pub fn is_lazy(&self) -> bool {
        self.lazy
    }

    /// Filled as part of a huge page that has not been taken apart since, though its pages may be mapped one by one.
    pub fn is_large(&self) -> bool {
        self.large
    }

    /// Marks where to read on: whoever comes to it starts the next read ahead.
    #[inline]
    pub fn is_read_mark(&self) -> bool {
        self.mark
    }

    /// Whether there is more to mind, when its page goes, than who has it: it is dirty, or has a swap slot or a mark.
    #[inline(always)]
    pub(crate) fn is_marked(&self) -> bool {
        self.dirty | self.lazy | self.mark | self.slot.is_some()
    }

    /// The swap slot that still holds the same content.
    #[inline]
    pub fn slot(&self) -> Option<SlotId> {
        self.slot.map(SmallSlot::get)
    }

    pub(crate) fn set_slot(&mut self, slot: Option<SlotId>) {
        self.slot = slot.map(SmallSlot::new);
    }

    /// Whether its page has to be written, to its file or to swap, before it may be forgotten.
    #[inline]
    pub fn is_modified(&self) -> bool {
        self.dirty || (self.holds == Holds::Anon && self.slot.is_none() && !self.lazy)
    }
}

/// A swap slot's number, plus one: with the choice of none it takes no more than a bare number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct SmallSlot(NonZeroU32);

impl SmallSlot {
    fn new(slot: SlotId) -> Self {
        Self(NonZeroU32::new(slot.get() + 1).expect("the swap area is smaller than 32 bits can count"))
    }

    fn get(self) -> SlotId {
        SlotId::new(self.0.get() - 1)
    }
}

/// A place in the swap area.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Slot {
    pub(crate) used: bool,
    pub(crate) content: PageBytes,
    /// Page-table entries and objects whose page lies only here.
    pub(crate) refs: u32,
    /// The frame that has the same content (the swap cache).
    pub(crate) frame: Option<Pfn>,
}

impl Slot {
    /// Whether it is taken.
    pub fn is_used(&self) -> bool {
        self.used
    }

    /// How many entries and objects find their page only here.
    pub fn refs(&self) -> u32 {
        self.refs
    }

    /// The frame that has the same content.
    pub fn frame(&self) -> Option<Pfn> {
        self.frame
    }
}

/// Small numbers in use, the lowest free one first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FreeList {
    words: Vec<u64>,
    /// No number below this word is free.
    hint: usize,
    free: u32,
}

impl FreeList {
    pub(crate) fn new(count: u32) -> Self {
        let mut words = vec![u64::MAX; count.div_ceil(64) as usize];
        if let (Some(last), rest @ 1..) = (words.last_mut(), count % 64) {
            *last = (1 << rest) - 1;
        }
        Self { words, hint: 0, free: count }
    }

    #[inline]
    pub(crate) fn free(&self) -> u32 {
        self.free
    }

    /// The lowest free number.
    #[inline]
    pub(crate) fn lowest(&self) -> Option<u32> {
        let word = self.words[self.hint.min(self.words.len())..].iter().position(|&word| word != 0)? + self.hint;
        Some(word as u32 * 64 + self.words[word].trailing_zeros())
    }

    /// The lowest `count` free numbers in a row, the first of them a multiple of `align`.
    pub(crate) fn lowest_run(&self, count: u32, align: u32) -> Option<u32> {
        if count == 1 && align == 1 {
            return self.lowest();
        }
        if self.free < count {
            return None;
        }
        let most = self.words.len() as u32 * 64;
        let mut start = (self.hint as u32 * 64).next_multiple_of(align);
        while start.checked_add(count).is_some_and(|end| end <= most) {
            match (start..start + count).rev().find(|&number| !self.is_free(number)) {
                None => return Some(start),
                Some(taken) => start = (taken + 1).next_multiple_of(align),
            }
        }
        None
    }

    pub(crate) fn take(&mut self, number: u32) {
        let word = (number / 64) as usize;
        debug_assert!(self.words[word] & (1 << (number % 64)) != 0, "only what is free is taken");
        self.words[word] &= !(1 << (number % 64));
        self.free -= 1;
        if self.free == 0 {
            self.hint = self.words.len();
        } else if word == self.hint {
            while self.words[self.hint] == 0 {
                self.hint += 1;
            }
        }
    }

    pub(crate) fn give(&mut self, number: u32) {
        let word = (number / 64) as usize;
        debug_assert!(self.words[word] & (1 << (number % 64)) == 0, "only what is taken is given back");
        self.words[word] |= 1 << (number % 64);
        self.free += 1;
        self.hint = self.hint.min(word);
    }

    pub(crate) fn is_free(&self, number: u32) -> bool {
        self.words[(number / 64) as usize] & (1 << (number % 64)) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_free_number_is_taken_first() {
        let mut list = FreeList::new(130);
        for expected in 0..130 {
            assert_eq!(list.lowest(), Some(expected));
            list.take(expected);
        }
        assert_eq!((list.lowest(), list.free()), (None, 0));
        list.give(128);
        list.give(7);
        assert_eq!(list.lowest(), Some(7));
        list.take(7);
        assert_eq!(list.lowest(), Some(128));
    }

    #[test]
    fn runs_are_free_and_aligned() {
        let mut list = FreeList::new(130);
        assert_eq!(
            (list.lowest_run(3, 1), list.lowest_run(64, 64), list.lowest_run(130, 1)),
            (Some(0), Some(0), Some(0))
        );
        [1, 5, 64].into_iter().for_each(|number| list.take(number));
        assert_eq!((list.lowest_run(1, 1), list.lowest_run(3, 1), list.lowest_run(4, 4)), (Some(0), Some(2), Some(8)));
        assert_eq!(
            (list.lowest_run(60, 1), list.lowest_run(64, 1), list.lowest_run(2, 64)),
            (Some(65), Some(65), Some(128))
        );
        assert_eq!((list.lowest_run(66, 1), list.lowest_run(131, 1), list.lowest_run(4, 64)), (None, None, None));
    }

    #[test]
    fn hint_is_a_function_of_what_is_free() {
        let mut a = FreeList::new(200);
        let mut b = FreeList::new(200);
        (0..200).for_each(|n| a.take(n));
        a.give(3);
        a.give(150);
        (0..3).chain(4..150).chain(151..200).for_each(|n| b.take(n));
        assert_eq!(a, b);
    }
}
