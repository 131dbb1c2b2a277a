//! Page-table entries of all tables side by side, so that a walk reads one array and a checkpoint copies it at once.
//!
//! Owns: how an entry lies in the model's own memory. Does not own: which entries are whose ([`table`](super::table)).

use crate::pte::Pte;
use crate::sorted::SortedMap;

/// Entries, in half the room that they would take: the numbers in nearly all of them are small. Those of frames and tables
/// are; a swap slot beyond the millionth, or a page of a very large device, is kept aside.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    /// The short form of each, or [`Pte::ASIDE`]'s.
    words: Vec<u32>,
    /// Those that have none, by their places.
    aside: SortedMap<u32, Pte>,
}

impl Cells {
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// Empties a stretch, which may lie beyond the end so far.
    pub(crate) fn clear(&mut self, start: u32, count: u32) {
        let (first, end) = (start as usize, start as usize + count as usize);
        if end > self.words.len() {
            self.words.resize(end, 0);
        }
        self.words[first..end].fill(0);
        self.aside.retain(|&at, _| at < start || at - start >= count);
    }

    #[inline]
    pub(crate) fn get(&self, at: u32) -> Pte {
        let entry = self.peek(at);
        if entry == Pte::ASIDE { self.aside.get(&at).copied().unwrap_or_default() } else { entry }
    }

    /// The entry, or [`Pte::ASIDE`], by which no access passes.
    #[inline(always)]
    pub(crate) fn peek(&self, at: u32) -> Pte {
        Pte::of_short(self.words.as_slice()[at as usize])
    }

    pub(crate) fn set(&mut self, at: u32, entry: Pte) {
        if self.peek(at) == Pte::ASIDE {
            self.aside.remove(&at);
        }
        let short = entry.short().unwrap_or_else(|| {
            self.aside.insert(at, entry);
            Pte::ASIDE
        });
        self.put(at, short);
    }

    /// The same of an entry that is known to be short, and comes in place of such a one.
    #[inline(always)]
    pub(crate) fn put(&mut self, at: u32, entry: Pte) {
        self.words.as_mut_slice()[at as usize] = entry.low();
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        size_of_val(self.words.as_slice()) + self.aside.len() * 16
    }
}

#[cfg(test)]
mod tests {
    use super::Cells;
    use crate::pte::Pte;
    use crate::units::{Pfn, Prot, SlotId};

    #[test]
    fn what_is_written_is_read_be_it_near_or_far() {
        let mut cells = Cells::default();
        cells.clear(0, 4);
        let near = Pte::frame(Pfn::new((1 << 20) - 1), Prot::READ, false).touched(true);
        let far = |slot: u32| Pte::swapped(SlotId::new(slot << 20));
        for (at, entry) in [(1, near), (2, far(1)), (3, far(2)), (2, far(3)), (3, near)] {
            cells.set(at, entry);
        }
        assert_eq!([0, 1, 2, 3].map(|at| cells.get(at)), [Pte::EMPTY, near, far(3), near]);
        assert_eq!(cells.aside.len(), 1);
        cells.clear(2, 3);
        assert_eq!([1, 2, 3, 4].map(|at| cells.get(at)), [near, Pte::EMPTY, Pte::EMPTY, Pte::EMPTY]);
        assert!(cells.aside.is_empty());
    }
}
