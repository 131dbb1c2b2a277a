//! Ghosts: names of pages that have left, in the order in which they are to be forgotten.
//!
//! A line of places in an array, and an index from names to places. In a machine the index is a hash table; where pages
//! are numbered densely ([`misses`](crate::misses)) it is an array.

use super::PageKey;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::{BuildHasherDefault, Hasher};

/// How a policy is told which page is in a frame.
pub(crate) trait Name: Copy + Eq + Debug + 'static {
    type Index: NameIndex<Self>;
}

/// Where each name is.
pub(crate) trait NameIndex<N>: Default + Clone + Debug {
    fn get(&self, name: N) -> Option<u32>;
    fn set(&mut self, name: N, place: u32);
    fn remove(&mut self, name: N);
}

impl Name for PageKey {
    type Index = HashMap<Self, u32, BuildHasherDefault<Multiply>>;
}

impl NameIndex<PageKey> for HashMap<PageKey, u32, BuildHasherDefault<Multiply>> {
    fn get(&self, name: PageKey) -> Option<u32> {
        HashMap::get(self, &name).copied()
    }

    fn set(&mut self, name: PageKey, place: u32) {
        self.insert(name, place);
    }

    fn remove(&mut self, name: PageKey) {
        HashMap::remove(self, &name);
    }
}

/// A page of a reference string whose pages are numbered from 0.
impl Name for u32 {
    type Index = Vec<u32>;
}

impl NameIndex<u32> for Vec<u32> {
    fn get(&self, name: u32) -> Option<u32> {
        self.as_slice().get(name as usize).copied().filter(|&place| place != NIL)
    }

    fn set(&mut self, name: u32, place: u32) {
        let index = name as usize;
        if index >= self.len() {
            self.resize((index + 1).next_power_of_two(), NIL);
        }
        self[index] = place;
    }

    fn remove(&mut self, name: u32) {
        self[name as usize] = NIL;
    }
}

/// A quick hash of a few words, the same on every target; nothing is ever listed in its order.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Multiply(u64);

impl Hasher for Multiply {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    fn write_u16(&mut self, word: u16) {
        self.write_u64(word.into());
    }

    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }
}

const NIL: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Place<N> {
    name: N,
    /// What the policy remembers of the page.
    note: u64,
    before: u32,
    after: u32,
}

/// The line. Its front is forgotten first.
#[derive(Clone, Debug)]
pub(super) struct Ghosts<N: Name> {
    places: Vec<Place<N>>,
    vacant: Vec<u32>,
    index: N::Index,
    front: u32,
    back: u32,
}

impl<N: Name> Ghosts<N> {
    pub(super) fn new() -> Self {
        Self { places: Vec::new(), vacant: Vec::new(), index: N::Index::default(), front: NIL, back: NIL }
    }

    pub(super) fn len(&self) -> u32 {
        (self.places.len() - self.vacant.len()) as u32
    }

    /// Remembers a page; it will be forgotten last.
    pub(super) fn push(&mut self, name: N, note: u64) {
        self.take(name);
        let place = Place { name, note, before: self.back, after: NIL };
        let at = match self.vacant.pop() {
            Some(at) => {
                self.places[at as usize] = place;
                at
            }
            None => {
                self.places.push(place);
                self.places.len() as u32 - 1
            }
        };
        match self.back {
            NIL => self.front = at,
            back => self.places[back as usize].after = at,
        }
        self.back = at;
        self.index.set(name, at);
    }

    /// Forgets a page, and says what was remembered of it.
    pub(super) fn take(&mut self, name: N) -> Option<u64> {
        let at = self.index.get(name)?;
        let Place { note, before, after, .. } = self.places[at as usize];
        match before {
            NIL => self.front = after,
            before => self.places[before as usize].after = after,
        }
        match after {
            NIL => self.back = before,
            after => self.places[after as usize].before = before,
        }
        self.index.remove(name);
        self.vacant.push(at);
        Some(note)
    }

    /// Forgets from the front until at most `most` are left.
    pub(super) fn trim(&mut self, most: u32) {
        while self.len() > most {
            self.take(self.places[self.front as usize].name);
        }
    }

    /// Every page with what is remembered of it, the next to be forgotten first.
    pub(super) fn list(&self) -> Vec<(N, u64)> {
        let there = |at: u32| (at != NIL).then_some(at);
        let line = std::iter::successors(there(self.front), |&at| there(self.places[at as usize].after));
        line.map(|at| (self.places[at as usize].name, self.places[at as usize].note)).collect()
    }
}
