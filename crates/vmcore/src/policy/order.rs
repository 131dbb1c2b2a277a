//! Frames in a line: a doubly linked list over an array, so that every move takes constant time.

use crate::units::Pfn;

/// In place of a frame before: the frame is in no line.
const UNLISTED: u32 = u32::MAX;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Link {
    before: u32,
    after: u32,
}

/// An order of frames, the next to go at the front.
///
/// The line is a ring that closes in a link of no frame, behind those of all frames: what is after it is the front, what
/// is before it the back. So no frame has nothing before or after it, and no move has to ask.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Order {
    links: Box<[Link]>,
    len: u32,
}

impl Order {
    pub(super) fn new(frames: u32) -> Self {
        let mut links = vec![Link { before: UNLISTED, after: UNLISTED }; frames as usize + 1];
        links[frames as usize] = Link { before: frames, after: frames };
        Self { links: links.into(), len: 0 }
    }

    /// The number of the link where the ring closes.
    #[inline(always)]
    fn end(&self) -> u32 {
        self.links.len() as u32 - 1
    }

    #[inline(always)]
    fn listed(&self, number: u32) -> Option<Pfn> {
        if number == self.end() { None } else { Some(Pfn::new(number)) }
    }

    pub(super) fn len(&self) -> u32 {
        self.len
    }

    #[inline(always)]
    fn close(&mut self, before: u32, after: u32) {
        self.links[before as usize].after = after;
        self.links[after as usize].before = before;
    }

    #[inline(always)]
    fn open_at_back(&mut self, number: u32) {
        let end = self.end();
        let back = std::mem::replace(&mut self.links[end as usize].before, number);
        self.links[back as usize].after = number;
        self.links[number as usize] = Link { before: back, after: end };
    }

    #[inline]
    pub(super) fn push_back(&mut self, pfn: Pfn) {
        self.remove(pfn);
        self.open_at_back(pfn.get());
        self.len += 1;
    }

    /// Moves a frame to the back; one that is not listed is left alone.
    #[inline(always)]
    pub(super) fn renew(&mut self, pfn: Pfn) {
        let Link { before, after } = self.links[pfn.index()];
        // The last one moves nowhere.
        if before != UNLISTED && after != self.end() {
            self.close(before, after);
            self.open_at_back(pfn.get());
        }
    }

    /// The frame at the front goes to the back; there must be one.
    #[inline(always)]
    pub(super) fn rotate(&mut self) {
        let end = self.end();
        let front = self.links[end as usize].after;
        let Link { after, .. } = self.links[front as usize];
        self.close(end, after);
        self.open_at_back(front);
    }

    /// Takes a frame out; one that is not listed is left alone.
    #[inline]
    pub(super) fn remove(&mut self, pfn: Pfn) {
        let Link { before, after } = self.links[pfn.index()];
        if before == UNLISTED {
            return;
        }
        self.close(before, after);
        self.links[pfn.index()] = Link { before: UNLISTED, after: UNLISTED };
        self.len -= 1;
    }

    #[inline(always)]
    pub(super) fn first(&self) -> Option<Pfn> {
        self.listed(self.links[self.end() as usize].after)
    }

    #[inline]
    pub(super) fn is_back(&self, pfn: Pfn) -> bool {
        self.links[pfn.index()].after == self.end()
    }

    #[inline]
    pub(super) fn contains(&self, pfn: Pfn) -> bool {
        self.links[pfn.index()].before != UNLISTED
    }

    /// The frame after this one, towards the back.
    pub(super) fn after(&self, pfn: Pfn) -> Option<Pfn> {
        self.listed(self.links[pfn.index()].after)
    }

    /// From the front to the back.
    pub(super) fn iter(&self) -> impl Iterator<Item = Pfn> + '_ {
        self.from(self.first())
    }

    /// From a frame to the back; from nowhere, nothing.
    pub(super) fn from(&self, first: Option<Pfn>) -> impl Iterator<Item = Pfn> + '_ {
        std::iter::successors(first, |&pfn| self.after(pfn))
    }

    /// From the back to the front.
    pub(super) fn rev(&self) -> impl Iterator<Item = Pfn> + '_ {
        let before = |number: u32| self.listed(self.links[number as usize].before);
        std::iter::successors(before(self.end()), move |pfn| before(pfn.get()))
    }
}
