//! A memory of where walks ended, so that the next one to the same table need not start at the root: what hardware calls a
//! paging-structure cache. Nobody sees it, and it changes nothing but the time that the model takes.

use crate::units::{TableId, Vpn};

const PLACES: usize = 256;

/// Which last-level table speaks of a stretch of pages.
#[derive(Clone, Copy, Debug)]
struct Known {
    root: TableId,
    table: TableId,
    /// The page number without its last index.
    stretch: u64,
}

const NOTHING: Known = Known { root: TableId::new(u32::MAX), table: TableId::new(u32::MAX), stretch: u64::MAX };

/// The memory. It is no part of the state: copies begin empty.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    /// None until something is noted.
    known: Vec<Known>,
}

impl Memo {
    #[inline]
    fn place(root: TableId, stretch: u64) -> usize {
        (stretch as usize).wrapping_add(root.index()) % PLACES
    }

    /// The last-level table of a page, if it is remembered; `bits` is how many its index has.
    #[inline]
    pub(crate) fn table(&self, root: TableId, vpn: Vpn, bits: u32) -> Option<TableId> {
        let stretch = vpn.get() >> bits;
        let known = self.known.get(Self::place(root, stretch))?;
        (known.stretch == stretch && known.root == root).then_some(known.table)
    }

    pub(crate) fn note(&mut self, root: TableId, vpn: Vpn, bits: u32, table: TableId) {
        let stretch = vpn.get() >> bits;
        self.known.resize(PLACES, NOTHING);
        self.known[Self::place(root, stretch)] = Known { root, table, stretch };
    }

    /// A table went.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }
}
