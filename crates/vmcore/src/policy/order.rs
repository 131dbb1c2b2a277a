//! Frames in a line: a doubly linked list over an array, so that every move takes constant time.

use crate::units::Pfn;

/// No frame.
const NIL: u32 = u32::MAX;
/// In place of a frame before: the frame is in no line.
const UNLISTED: u32 = u32::MAX - 1;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Link {
    before: u32,
    after: u32,
}

/// An order of frames, the next to go at the front.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Order {
    links: Vec<Link>,
    front: u32,
    back: u32,
    len: u32,
}

fn listed(number: u32) -> Option<Pfn> {
    (number != NIL).then_some(Pfn::new(number))
}

impl Order {
    pub(super) fn new(frames: u32) -> Self {
        let unlisted = Link { before: UNLISTED, after: NIL };
        Self { links: vec![unlisted; frames as usize], front: NIL, back: NIL, len: 0 }
    }

    pub(super) fn len(&self) -> u32 {
        self.len
    }

    // In the browser once, for all policies.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(super) fn push_back(&mut self, pfn: Pfn) {
        self.remove(pfn);
        let number = pfn.get();
        self.links[pfn.index()] = Link { before: self.back, after: NIL };
        match self.back {
            NIL => self.front = number,
            back => self.links[back as usize].after = number,
        }
        self.back = number;
        self.len += 1;
    }

    /// Takes a frame out; one that is not listed is left alone.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(super) fn remove(&mut self, pfn: Pfn) {
        let Link { before, after } = self.links[pfn.index()];
        match before {
            UNLISTED => return,
            NIL => self.front = after,
            before => self.links[before as usize].after = after,
        }
        match after {
            NIL => self.back = before,
            after => self.links[after as usize].before = before,
        }
        self.links[pfn.index()] = Link { before: UNLISTED, after: NIL };
        self.len -= 1;
    }

    #[inline]
    pub(super) fn first(&self) -> Option<Pfn> {
        listed(self.front)
    }

    #[inline]
    pub(super) fn is_back(&self, pfn: Pfn) -> bool {
        self.back == pfn.get()
    }

    #[inline]
    pub(super) fn contains(&self, pfn: Pfn) -> bool {
        self.links[pfn.index()].before != UNLISTED
    }

    /// The frame after this one, towards the back.
    pub(super) fn after(&self, pfn: Pfn) -> Option<Pfn> {
        listed(self.links[pfn.index()].after)
    }

    /// From the front to the back.
    pub(super) fn iter(&self) -> impl Iterator<Item = Pfn> + '_ {
        self.from(listed(self.front))
    }

    /// From a frame to the back; from nowhere, nothing.
    pub(super) fn from(&self, first: Option<Pfn>) -> impl Iterator<Item = Pfn> + '_ {
        std::iter::successors(first, |&pfn| self.after(pfn))
    }

    /// From the back to the front.
    pub(super) fn rev(&self) -> impl Iterator<Item = Pfn> + '_ {
        std::iter::successors(listed(self.back), |&pfn| listed(self.links[pfn.index()].before))
    }
}
