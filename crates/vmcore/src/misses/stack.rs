//! LRU for every number of frames in one pass: the stack distance of a reference is how many different pages were used
//! since the last reference to the same page, itself included; it hits in exactly the memories that are at least as large
//! (Mattson, Gecsei, Slutz, Traiger 1970).
//!
//! Each page has a mark at the time of its last use; the distance is the number of marks from there on. Times are
//! numbered anew when they run out, so that there are never more than about twice as many times as pages.

use super::{NOWHERE, References};

/// How many references have each distance.
pub(super) struct Curve {
    /// Misses with as many frames as the index says; the last holds for all larger memories.
    misses: Vec<u64>,
}

impl Curve {
    pub(super) fn misses(&self, frames: u32) -> u64 {
        self.misses[self.misses.len().min(frames as usize + 1) - 1]
    }
}

/// One pass over the string.
pub(super) fn curve(refs: &References) -> Curve {
    let pages = refs.pages as usize;
    let mut marks = Marks::new(2 * pages + 64);
    let mut last_use = vec![NOWHERE; pages];
    let mut at_distance = vec![0u64; pages + 1];
    let mut now = 0;
    for &page in &refs.refs {
        if now == marks.capacity() {
            now = marks.renumber(&mut last_use);
        }
        let last = std::mem::replace(&mut last_use[page as usize], now as u32);
        if last != NOWHERE {
            at_distance[marks.from(last as usize) as usize] += 1;
            marks.clear(last as usize);
        }
        marks.set(now);
        now += 1;
    }
    let mut misses = vec![refs.len() as u64];
    for hits in &at_distance[1..] {
        misses.push(misses[misses.len() - 1] - hits);
    }
    Curve { misses }
}

/// Marked times: a bit each, and a Fenwick tree over the numbers of bits in the words.
struct Marks {
    words: Vec<u64>,
    sums: Vec<u32>,
    total: u32,
}

impl Marks {
    fn new(times: usize) -> Self {
        let words = times.div_ceil(64);
        Self { words: vec![0; words], sums: vec![0; words + 1], total: 0 }
    }

    fn capacity(&self) -> usize {
        self.words.len() * 64
    }

    fn set(&mut self, time: usize) {
        self.words[time / 64] |= 1 << (time % 64);
        self.total += 1;
        self.change(time / 64, 1);
    }

    fn clear(&mut self, time: usize) {
        self.words[time / 64] &= !(1 << (time % 64));
        self.total -= 1;
        self.change(time / 64, u32::MAX);
    }

    fn change(&mut self, word: usize, by: u32) {
        let mut at = word + 1;
        while at < self.sums.len() {
            self.sums[at] = self.sums[at].wrapping_add(by);
            at += at & at.wrapping_neg();
        }
    }

    /// How many marks there are at this time or later.
    fn from(&self, time: usize) -> u32 {
        let (word, bit) = (time / 64, time % 64);
        let mut before = (self.words[word] & ((1 << bit) - 1)).count_ones();
        let mut at = word;
        while at > 0 {
            before += self.sums[at];
            at &= at - 1;
        }
        self.total - before
    }

    /// Moves all marks to the earliest times, in order, and says which time is the first after them.
    fn renumber(&mut self, last_use: &mut [u32]) -> usize {
        let mut used: Vec<u32> =
            (0..).zip(last_use.iter()).filter(|(_, time)| **time != NOWHERE).map(|(p, _)| p).collect();
        used.sort_unstable_by_key(|&page| last_use[page as usize]);
        *self = Self::new(self.capacity());
        for (&page, time) in used.iter().zip(0..) {
            last_use[page as usize] = time;
            self.set(time as usize);
        }
        used.len()
    }
}
