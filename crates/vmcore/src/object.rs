//! What pages belong to: files, shared-memory objects and devices, with their bytes on the disk.
//!
//! Owns: fills, lengths, blocks, and which page of the object is cached in which frame. Does not own: the frames.

use crate::chunked::ChunkedMap;
use crate::sorted::SortedMap;
use crate::units::{FilePage, NameId, ObjectId, Pfn, SlotId};
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// What kind of thing pages belong to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ObjectKind {
    /// Blocks on a disk.
    File,
    /// Memory with a name or shared by fork, and swap behind it: POSIX shm, tmpfs, `MAP_SHARED | MAP_ANONYMOUS`.
    Shm,
    /// A device's own memory: never cached, never paged out; its bytes are its [`blocks`](Object::blocks).
    Device,
}

/// What an object holds at the start; `scenario-language.md`, "`fill` is one of".
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Fill {
    /// Page k is filled with the k-th letter A…Z, then again from A.
    Letters,
    /// Zeros.
    Zeros,
    /// The text, repeated to the end; an empty one gives zeros.
    Text(Rc<[u8]>),
    /// The byte at offset o is `(S + 7*(o / 4096) + o % 4096) % 251 + 1`.
    Ramp(u64),
    /// Word i, 32-bit big-endian, holds i.
    Words,
}

impl Fill {
    /// The byte at an offset of the object.
    pub fn byte(&self, offset: u64, page_bytes: u64) -> u8 {
        match self {
            // Pages are powers of two, and a division is the slowest of instructions.
            Self::Letters => letter(FilePage::new(offset >> page_bytes.trailing_zeros())),
            Self::Zeros => 0,
            Self::Text(text) if text.is_empty() => 0,
            Self::Text(text) => text[(offset % text.len() as u64) as usize],
            Self::Ramp(seed) => {
                let sum = u128::from(*seed) + 7 * u128::from(offset / 4096) + u128::from(offset % 4096);
                (sum % 251) as u8 + 1
            }
            Self::Words => ((offset / 4) as u32).to_be_bytes()[(offset % 4) as usize],
        }
    }
}

/// The letter that fills a page of a file of letters.
#[inline]
pub(crate) fn letter(page: FilePage) -> u8 {
    b'A' + (page.get() % 26) as u8
}

/// The bytes of one page. Pages that nobody changed are not stored.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum PageBytes {
    /// All zeros.
    #[default]
    Zeros,
    /// The same byte throughout.
    Same(u8),
    /// As the object's fill says.
    Fill {
        /// Whose fill.
        object: ObjectId,
        /// Which page of it.
        page: FilePage,
    },
    /// These; as long as a page. Behind a thin pointer, for every frame has one of these.
    Bytes(Rc<Vec<u8>>),
}

/// From page number to a small number, dense at the start and sparse beyond. It never shrinks, so that a file that is
/// read or written through a small memory costs no more than its pages; equality looks at what is in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageMap {
    dense: Vec<u32>,
    sparse: ChunkedMap<u64, u32>,
}

const DENSE_PAGES: u64 = 1 << 20;
const NONE: u32 = u32::MAX;

impl PageMap {
    #[inline(always)]
    pub(crate) fn get(&self, page: FilePage) -> Option<u32> {
        let page = page.get();
        if page < self.dense.len() as u64 {
            let number = self.dense.as_slice()[page as usize];
            return if number == NONE { None } else { Some(number) };
        }
        if self.sparse.is_empty() { None } else { self.sparse.get(&page).copied() }
    }

    #[inline(always)]
    pub(crate) fn insert(&mut self, page: FilePage, number: u32) {
        if page.get() < self.dense.len() as u64 {
            self.dense.as_mut_slice()[page.get() as usize] = number;
        } else {
            self.insert_beyond(page.get(), number);
        }
    }

    #[inline(never)]
    fn insert_beyond(&mut self, page: u64, number: u32) {
        if page >= DENSE_PAGES {
            self.sparse.insert(page, number);
            return;
        }
        self.dense.resize(page as usize + 1, NONE);
        self.dense[page as usize] = number;
    }

    #[inline(always)]
    pub(crate) fn remove(&mut self, page: FilePage) {
        if page.get() < self.dense.len() as u64 {
            self.dense.as_mut_slice()[page.get() as usize] = NONE;
        } else if page.get() >= DENSE_PAGES {
            self.sparse.remove(&page.get());
        }
    }

    /// Every page with its number, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (FilePage, u32)> + '_ {
        let dense = self.dense.iter().enumerate().filter(|&(_, &number)| number != NONE);
        let dense = dense.map(|(page, &number)| (FilePage::new(page as u64), number));
        dense.chain(self.sparse.iter().map(|&(page, number)| (FilePage::new(page), number)))
    }

    /// The pages from `first` up to but not including `end`, ascending.
    pub(crate) fn range(&self, first: FilePage, end: FilePage) -> impl Iterator<Item = (FilePage, u32)> + '_ {
        let (first, end) = (first.get(), end.get().max(first.get()));
        let bound = |page: u64| page.min(self.dense.len() as u64) as usize;
        let dense = self.dense[bound(first)..bound(end)].iter().zip(first..);
        let dense = dense.filter(|&(&number, _)| number != NONE).map(|(&number, page)| (FilePage::new(page), number));
        dense.chain(self.sparse.range(first, end).map(|&(page, number)| (FilePage::new(page), number)))
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.dense.len() * 4 + self.sparse.len() * 24
    }
}

impl PartialEq for PageMap {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for PageMap {}

impl Hash for PageMap {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.iter().for_each(|entry| entry.hash(state));
    }
}

/// A set of pages, kept as ranges: a hole may be as large as its file.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct PageRanges {
    /// From the first page of a range to the page after its last; ranges neither touch nor overlap.
    ranges: SortedMap<u64, u64>,
}

impl PageRanges {
    pub(crate) fn contains(&self, page: FilePage) -> bool {
        self.ranges.at_or_below(&page.get()).is_some_and(|&(_, end)| page.get() < end)
    }

    pub(crate) fn insert(&mut self, first: FilePage, end: FilePage) {
        let (mut first, mut end) = (first.get(), end.get());
        if first >= end {
            return;
        }
        while let Some(&(start, stop)) = self.ranges.at_or_below(&end).filter(|&&(_, stop)| stop >= first) {
            self.ranges.remove(&start);
            (first, end) = (first.min(start), end.max(stop));
        }
        self.ranges.insert(first, end);
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.ranges.clear();
    }
}

/// A file or shared-memory object.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Object {
    pub(crate) kind: ObjectKind,
    pub(crate) name: Option<NameId>,
    pub(crate) linked: bool,
    pub(crate) dropped: bool,
    /// Length in bytes, as processes see it.
    pub(crate) size: u64,
    /// Length that a power cut leaves.
    pub(crate) disk_size: u64,
    /// How far the fill reaches: what was cut off does not come back when the object grows.
    pub(crate) fill_end: u64,
    pub(crate) fill: Fill,
    /// Pages of the disk, or of a device's memory, that differ from the fill.
    pub(crate) blocks: ChunkedMap<FilePage, PageBytes>,
    /// Pages punched out of what the fill would give.
    pub(crate) holes: PageRanges,
    pub(crate) cached: PageMap,
    /// Pages that lie in swap (objects without a disk).
    pub(crate) swapped: ChunkedMap<FilePage, SlotId>,
    /// Open file descriptions and regions that refer to it.
    pub(crate) users: u32,
}

impl Object {
    pub(crate) fn new(kind: ObjectKind, name: Option<NameId>, size: u64, fill: Fill) -> Self {
        Self {
            kind,
            name,
            linked: name.is_some(),
            dropped: false,
            size,
            disk_size: size,
            fill_end: size,
            fill,
            blocks: ChunkedMap::default(),
            holes: PageRanges::default(),
            cached: PageMap::default(),
            swapped: ChunkedMap::default(),
            users: 0,
        }
    }

    /// File or shared memory.
    pub fn kind(&self) -> ObjectKind {
        self.kind
    }

    /// Its name, if it was given one; shared anonymous memory has none.
    pub fn name(&self) -> Option<NameId> {
        self.name
    }

    /// Whether `open` still finds it by name.
    pub fn is_linked(&self) -> bool {
        self.linked
    }

    /// Whether it is gone for good: unlinked and unused, or lost in a power cut.
    pub fn is_dropped(&self) -> bool {
        self.dropped
    }

    /// Length in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The frame that caches a page.
    #[inline]
    pub fn cached(&self, page: FilePage) -> Option<Pfn> {
        self.cached.get(page).map(Pfn::new)
    }

    /// Every cached page with its frame, ascending.
    pub fn cached_pages(&self) -> impl Iterator<Item = (FilePage, Pfn)> + '_ {
        self.cached.iter().map(|(page, pfn)| (page, Pfn::new(pfn)))
    }

    /// The cached pages from `first` up to but not including `end`, ascending.
    pub fn cached_within(&self, first: FilePage, end: FilePage) -> impl Iterator<Item = (FilePage, Pfn)> + '_ {
        self.cached.range(first, end).map(|(page, pfn)| (page, Pfn::new(pfn)))
    }

    /// The swap slot that a page lies in.
    pub fn slot(&self, page: FilePage) -> Option<SlotId> {
        self.swapped.get(&page).copied()
    }

    /// Whether the disk has a block for the page, rather than a hole.
    pub fn has_block(&self, page: FilePage, page_bytes: u64) -> bool {
        let filled = page.get().saturating_mul(page_bytes) < self.fill_end && !self.holes.contains(page);
        self.blocks.contains_key(&page) || filled
    }

    /// What the disk holds of a page (or a fresh object in memory, which has no disk).
    pub fn on_disk(&self, id: ObjectId, page: FilePage, page_bytes: u64) -> PageBytes {
        if let Some(bytes) = self.blocks.get(&page) {
            return bytes.clone();
        }
        let start = page.get().saturating_mul(page_bytes);
        if start >= self.fill_end || self.fill == Fill::Zeros || self.holes.contains(page) {
            return PageBytes::Zeros;
        }
        if self.fill_end - start >= page_bytes {
            if let Fill::Letters = self.fill {
                return PageBytes::Same(self.fill.byte(start, page_bytes));
            }
            return PageBytes::Fill { object: id, page };
        }
        let byte = |i| if start + i < self.fill_end { self.fill.byte(start + i, page_bytes) } else { 0 };
        PageBytes::Bytes(Rc::new((0..page_bytes).map(byte).collect()))
    }

    /// How many whole pages of letters a file has that nobody ever wrote: what they hold is the quickest to tell.
    #[inline]
    pub(crate) fn untouched_pages(&self, page_bytes: u64) -> u64 {
        let plain = self.blocks.is_empty() && self.holes.is_empty() && matches!(self.fill, Fill::Letters);
        if plain { self.fill_end / page_bytes } else { 0 }
    }

    pub(crate) fn heap_bytes(&self, page_bytes: usize) -> usize {
        self.cached.heap_bytes() + self.blocks.len() * (48 + page_bytes) + self.swapped.len() * 24
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_are_as_the_language_says() {
        assert_eq!(Fill::Letters.byte(16, 16), b'B');
        assert_eq!(Fill::Letters.byte(26 * 16, 16), b'A');
        assert_eq!(Fill::Ramp(50).byte(4097, 16), ((50 + 7 + 1) + 1) as u8);
        assert_eq!(Fill::Words.byte(4 * 258 + 2, 16), 1);
        assert_eq!(Fill::Text(b"abc".as_slice().into()).byte(4, 16), b'b');
    }

    #[test]
    fn the_last_page_ends_in_zeros() {
        let object = Object::new(ObjectKind::File, None, 18, Fill::Letters);
        let page = object.on_disk(ObjectId::new(0), FilePage::new(1), 16);
        let PageBytes::Bytes(bytes) = page else { panic!("a cut page is stored") };
        assert_eq!(&bytes[..4], b"BB\0\0");
        assert_eq!(object.on_disk(ObjectId::new(0), FilePage::new(2), 16), PageBytes::Zeros);
    }

    #[test]
    fn ranges_join_where_they_touch() {
        let mut holes = PageRanges::default();
        for (first, end) in [(4, 6), (0, 2), (8, 9), (2, 4), (5, 8), (20, 20)] {
            holes.insert(FilePage::new(first), FilePage::new(end));
        }
        assert!(holes.ranges.iter().eq(&[(0, 9)]));
        assert!(holes.contains(FilePage::new(8)) && !holes.contains(FilePage::new(9)));
    }

    #[test]
    fn page_maps_hold_near_and_far_pages() {
        let mut map = PageMap::default();
        for page in [3, 1 << 30, 0] {
            map.insert(FilePage::new(page), page as u32 + 1);
        }
        assert_eq!(map.iter().map(|(page, _)| page.get()).collect::<Vec<_>>(), [0, 3, 1 << 30]);
        map.remove(FilePage::new(3));
        assert_eq!((map.get(FilePage::new(3)), map.get(FilePage::new(1 << 30))), (None, Some((1 << 30) + 1)));
        let mut same = PageMap::default();
        same.insert(FilePage::new(1 << 30), (1 << 30) + 1);
        same.insert(FilePage::new(0), 1);
        assert!(map == same, "what was removed leaves no trace");
        let within = map.range(FilePage::new(1), FilePage::new(u64::MAX));
        assert_eq!(within.map(|(page, _)| page.get()).collect::<Vec<_>>(), [1 << 30]);
    }
}
