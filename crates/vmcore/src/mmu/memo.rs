//! A memory of where walks ended, so that the next one to the same table need not start at the root: what hardware calls a
//! paging-structure cache. Nobody sees it, and it changes nothing but the time that the model takes.

use super::table::Spot;
use crate::units::{TableId, Vpn};

const PLACES: usize = 256;

/// Which last-level table speaks of a stretch of pages.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// The page number without its last index.
    stretch: u64,
    root: TableId,
    /// The table's first entry.
    first: Spot,
}

const NOTHING: Known = Known { root: TableId::new(u32::MAX), first: Spot::new(0), stretch: u64::MAX };

/// The memory. It is no part of the state: copies begin empty.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    /// None until something is noted.
    known: Option<Box<[Known; PLACES]>>,
}

impl Memo {
    #[inline(always)]
    fn place(root: TableId, stretch: u64) -> usize {
        (stretch as usize).wrapping_add(root.index()) % PLACES
    }

    /// Where the first entry of a page's last-level table stands, if it is remembered; `bits` is how many its index has.
    #[inline(always)]
    pub(crate) fn table(&self, root: TableId, vpn: Vpn, bits: u32) -> Option<Spot> {
        let stretch = vpn.get() >> bits;
        let Some(all) = &self.known else { return None };
        let known = &all[Self::place(root, stretch)];
        if known.stretch == stretch && known.root == root { Some(known.first) } else { None }
    }

    #[inline(never)]
    pub(crate) fn note(&mut self, root: TableId, vpn: Vpn, bits: u32, first: Spot) {
        let stretch = vpn.get() >> bits;
        let known = self.known.get_or_insert_with(|| Box::new([NOTHING; PLACES]));
        known[Self::place(root, stretch)] = Known { root, first, stretch };
    }

    /// A table went.
    pub(crate) fn forget(&mut self) {
        self.known = None;
    }
}
