//! Page-table entries of all tables side by side, so that a walk reads one array and a checkpoint copies it at once.
//!
//! Owns: how an entry lies in the model's own memory. Does not own: which entries are whose ([`table`](super::table)).

use crate::pte::Pte;

/// Entries, in half the room as long as the numbers in all of them are small. Those of frames and tables are; the first
/// swap slot beyond the millionth, or page of a very large device, makes all of them wide for good.
#[derive(Clone, Debug)]
pub(crate) enum Cells {
    Narrow(Vec<u32>),
    Wide(Vec<Pte>),
}

impl Default for Cells {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Cells {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Narrow(cells) => cells.len(),
            Self::Wide(cells) => cells.len(),
        }
    }

    /// Empties a stretch, which may lie beyond the end so far.
    pub(crate) fn clear(&mut self, start: usize, count: usize) {
        let end = start + count;
        if end > self.len() {
            match self {
                Self::Narrow(cells) => cells.resize(end, 0),
                Self::Wide(cells) => cells.resize(end, Pte::EMPTY),
            }
        }
        match self {
            Self::Narrow(cells) => cells[start..end].fill(0),
            Self::Wide(cells) => cells[start..end].fill(Pte::EMPTY),
        }
    }

    #[inline(always)]
    pub(crate) fn get(&self, at: usize) -> Pte {
        match self {
            Self::Narrow(cells) => Pte::of_short(cells.as_slice()[at]),
            Self::Wide(cells) => cells.as_slice()[at],
        }
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, at: usize, entry: Pte) {
        if let (Self::Narrow(cells), Some(short)) = (&mut *self, entry.short()) {
            cells.as_mut_slice()[at] = short;
        } else {
            self.set_wide(at, entry);
        }
    }

    /// The same of an entry that is known to be short.
    #[inline(always)]
    pub(crate) fn set_short(&mut self, at: usize, entry: Pte) {
        match self {
            Self::Narrow(cells) => cells.as_mut_slice()[at] = entry.low(),
            Self::Wide(cells) => cells.as_mut_slice()[at] = entry,
        }
    }

    #[inline(never)]
    fn set_wide(&mut self, at: usize, entry: Pte) {
        if let Self::Narrow(cells) = self {
            *self = Self::Wide(cells.iter().map(|&short| Pte::of_short(short)).collect());
        }
        if let Self::Wide(cells) = self {
            cells[at] = entry;
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::Narrow(cells) => size_of_val(cells.as_slice()),
            Self::Wide(cells) => size_of_val(cells.as_slice()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cells;
    use crate::pte::Pte;
    use crate::units::{Pfn, Prot, SlotId};

    #[test]
    fn what_is_written_is_read_narrow_or_wide() {
        let mut cells = Cells::default();
        cells.clear(0, 4);
        let near = Pte::frame(Pfn::new((1 << 20) - 1), Prot::READ, false).touched(true);
        cells.set(1, near);
        assert!(matches!(cells, Cells::Narrow(_)));
        let far = Pte::swapped(SlotId::new(1 << 20));
        cells.set(2, far);
        assert!(matches!(cells, Cells::Wide(_)));
        cells.clear(3, 2);
        assert_eq!([0, 1, 2, 3, 4].map(|at| cells.get(at)), [Pte::EMPTY, near, far, Pte::EMPTY, Pte::EMPTY]);
    }
}
