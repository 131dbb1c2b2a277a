//! Frames in a line: a doubly linked list over an array, so that every move takes constant time.

use crate::units::Pfn;

const NIL: u32 = u32::MAX;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Link {
    before: u32,
    after: u32,
    listed: bool,
}

/// An order of frames, the next to go at the front.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Order {
    links: Vec<Link>,
    front: u32,
    back: u32,
}

impl Order {
    pub(super) fn new(frames: u32) -> Self {
        let unlisted = Link { before: NIL, after: NIL, listed: false };
        Self { links: vec![unlisted; frames as usize], front: NIL, back: NIL }
    }

    pub(super) fn push_back(&mut self, pfn: Pfn) {
        self.remove(pfn);
        let number = pfn.get();
        self.links[pfn.index()] = Link { before: self.back, after: NIL, listed: true };
        match self.back {
            NIL => self.front = number,
            back => self.links[back as usize].after = number,
        }
        self.back = number;
    }

    /// Takes a frame out; one that is not listed is left alone.
    pub(super) fn remove(&mut self, pfn: Pfn) {
        let Link { before, after, listed } = self.links[pfn.index()];
        if !listed {
            return;
        }
        match before {
            NIL => self.front = after,
            before => self.links[before as usize].after = after,
        }
        match after {
            NIL => self.back = before,
            after => self.links[after as usize].before = before,
        }
        self.links[pfn.index()] = Link { before: NIL, after: NIL, listed: false };
    }

    #[inline]
    pub(super) fn is_back(&self, pfn: Pfn) -> bool {
        self.back == pfn.get()
    }

    pub(super) fn contains(&self, pfn: Pfn) -> bool {
        self.links[pfn.index()].listed
    }

    /// From the front to the back.
    pub(super) fn iter(&self) -> impl Iterator<Item = Pfn> + '_ {
        let listed = |number: u32| (number != NIL).then_some(number);
        std::iter::successors(listed(self.front), move |&number| listed(self.links[number as usize].after))
            .map(Pfn::new)
    }
}
