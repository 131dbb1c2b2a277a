//! What the frames hold: their bytes, apart from what the kernel knows of them.
//!
//! Owns: the shortest form of each page. Does not own: who holds what, or why ([`frames`](crate::frames)).

use crate::object::PageBytes;
use crate::units::Pfn;
use std::hash::{Hash, Hasher};

/// In place of a byte: the page does not hold the same one throughout.
const MIXED: u16 = 0x100;

/// The bytes of every frame. A page of one byte throughout, as nearly all are in long runs, takes two: so those of ten
/// thousand frames stay in the nearest of a processor's caches.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    /// By frame: the byte that its page holds throughout, or [`MIXED`].
    same: Box<[u16]>,
    /// By frame: what a mixed page holds. As long as there was no such page it is empty.
    mixed: Vec<PageBytes>,
}

impl Contents {
    /// Zeros in so many frames.
    pub(crate) fn new(frames: u32) -> Self {
        Self { same: vec![0; frames as usize].into(), mixed: Vec::new() }
    }

    /// The byte that a frame holds throughout.
    #[inline(always)]
    pub(crate) fn same(&self, pfn: Pfn) -> Option<u8> {
        let same = self.same[pfn.index()];
        if same < MIXED { Some(same as u8) } else { None }
    }

    /// A frame that held the same byte throughout now holds another one.
    #[inline(always)]
    pub(crate) fn set_same(&mut self, pfn: Pfn, byte: u8) {
        let same = &mut self.same[pfn.index()];
        if *same < MIXED {
            *same = byte.into();
        } else {
            self.set(pfn, PageBytes::Same(byte));
        }
    }

    /// What a frame holds.
    pub(crate) fn get(&self, pfn: Pfn) -> PageBytes {
        match self.same[pfn.index()] {
            0 => PageBytes::Zeros,
            MIXED => self.mixed[pfn.index()].clone(),
            byte => PageBytes::Same(byte as u8),
        }
    }

    /// What a frame holds that does not hold the same byte throughout.
    pub(crate) fn mixed(&self, pfn: Pfn) -> &PageBytes {
        &self.mixed[pfn.index()]
    }

    /// The same, to be changed.
    pub(crate) fn mixed_mut(&mut self, pfn: Pfn) -> Option<&mut PageBytes> {
        self.mixed.get_mut(pfn.index())
    }

    #[inline(never)]
    pub(crate) fn set(&mut self, pfn: Pfn, content: PageBytes) {
        let (same, mixed) = match content {
            PageBytes::Zeros => (0, PageBytes::Zeros),
            PageBytes::Same(byte) => (byte.into(), PageBytes::Zeros),
            mixed => (MIXED, mixed),
        };
        self.same[pfn.index()] = same;
        if self.mixed.is_empty() && same == MIXED {
            self.mixed.resize(self.same.len(), PageBytes::Zeros);
        }
        if let Some(place) = self.mixed.get_mut(pfn.index()) {
            *place = mixed;
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        let private = self.mixed.iter().filter(|content| matches!(content, PageBytes::Bytes(_))).count();
        size_of_val(&*self.same) + size_of_val(&*self.mixed) + private * 16
    }

    /// What differs from a byte throughout, in the order of the frames.
    fn all_mixed(&self) -> impl Iterator<Item = &PageBytes> {
        self.mixed.iter().filter(|content| **content != PageBytes::Zeros)
    }
}

impl PartialEq for Contents {
    fn eq(&self, other: &Self) -> bool {
        self.same == other.same && self.all_mixed().eq(other.all_mixed())
    }
}

impl Hash for Contents {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.same.hash(hasher);
        self.all_mixed().for_each(|content| content.hash(hasher));
    }
}

#[cfg(test)]
mod tests {
    use super::Contents;
    use crate::object::PageBytes;
    use crate::units::Pfn;

    #[test]
    fn what_was_set_is_got_and_what_was_before_leaves_no_trace() {
        let mut contents = Contents::new(3);
        let bytes = PageBytes::Bytes(vec![1, 2].into());
        for content in [PageBytes::Same(7), bytes.clone(), PageBytes::Zeros, bytes, PageBytes::Same(b'A')] {
            contents.set(Pfn::new(1), content.clone());
            assert_eq!(contents.get(Pfn::new(1)), content);
            assert_eq!(contents.same(Pfn::new(1)).is_none(), matches!(content, PageBytes::Bytes(_)));
        }
        contents.set_same(Pfn::new(1), b'B');
        let mut fresh = Contents::new(3);
        fresh.set_same(Pfn::new(1), b'B');
        assert!(contents == fresh);
        fresh.set(Pfn::new(2), PageBytes::Bytes(vec![0, 0].into()));
        assert!(contents != fresh);
    }
}
