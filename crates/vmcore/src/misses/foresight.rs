//! OPT and UNOPT on a string that is known as a whole.
//!
//! What is in memory is kept as the set of the moments at which each page is used next. So a reference hits exactly if
//! its own moment is in the set; the page used farthest in the future is the set's greatest moment, the one used soonest
//! its least. Pages that are never used again need only be counted: none of them is ever hit.

use super::{NOWHERE, References};

/// Misses of OPT (`farthest`) or UNOPT with so many frames.
pub(super) fn misses(refs: &References, frames: u32, farthest: bool) -> u64 {
    let next = next_uses(refs);
    let mut resident = Moments::new(refs.len());
    let mut never = 0u32;
    let mut dated = 0u32;
    let mut misses = 0;
    for (now, &next) in next.iter().enumerate() {
        if resident.remove(now) {
            dated -= 1;
        } else {
            misses += 1;
            if never + dated == frames {
                evict(&mut resident, farthest, &mut never, &mut dated);
            }
        }
        if next == NOWHERE {
            never += 1;
        } else {
            resident.insert(next as usize);
            dated += 1;
        }
    }
    misses
}

/// Takes one page out: OPT takes one that is never used again before any other, UNOPT after all others.
fn evict(resident: &mut Moments, farthest: bool, never: &mut u32, dated: &mut u32) {
    if *dated == 0 || (farthest && *never > 0) {
        *never -= 1;
        return;
    }
    let moment = if farthest { resident.last() } else { resident.first() };
    resident.remove(moment.expect("pages with a next use are in the set"));
    *dated -= 1;
}

/// For each reference the moment of the next one to the same page.
fn next_uses(refs: &References) -> Vec<u32> {
    assert!(refs.len() < NOWHERE as usize, "fewer than 2^32 references");
    let mut next = vec![NOWHERE; refs.len()];
    let mut seen = vec![NOWHERE; refs.pages as usize];
    for (now, &page) in refs.refs.iter().enumerate().rev() {
        next[now] = std::mem::replace(&mut seen[page as usize], now as u32);
    }
    next
}

/// A set of small numbers with its least and greatest at hand: bits, and above them bits that say which words have any,
/// and so on up to a single word.
struct Moments {
    /// The lowest level first.
    levels: Vec<Vec<u64>>,
}

impl Moments {
    fn new(size: usize) -> Self {
        let mut levels = Vec::new();
        let mut size = size.max(1);
        loop {
            size = size.div_ceil(64);
            levels.push(vec![0u64; size]);
            if size == 1 {
                return Self { levels };
            }
        }
    }

    #[inline]
    fn insert(&mut self, moment: usize) {
        let mut at = moment;
        for level in &mut self.levels {
            let word = &mut level[at / 64];
            let had_any = *word != 0;
            *word |= 1 << (at % 64);
            if had_any {
                return;
            }
            at /= 64;
        }
    }

    /// Whether it was there.
    #[inline]
    fn remove(&mut self, moment: usize) -> bool {
        if self.levels[0][moment / 64] & 1 << (moment % 64) == 0 {
            return false;
        }
        let mut at = moment;
        for level in &mut self.levels {
            let word = &mut level[at / 64];
            *word &= !(1 << (at % 64));
            if *word != 0 {
                break;
            }
            at /= 64;
        }
        true
    }

    #[inline]
    fn last(&self) -> Option<usize> {
        self.find(|word| 63 - word.leading_zeros())
    }

    #[inline]
    fn first(&self) -> Option<usize> {
        self.find(u64::trailing_zeros)
    }

    #[inline]
    fn find(&self, bit: impl Fn(u64) -> u32) -> Option<usize> {
        let mut at = 0;
        for level in self.levels.iter().rev() {
            let word = level[at];
            if word == 0 {
                return None;
            }
            at = at * 64 + bit(word) as usize;
        }
        Some(at)
    }
}
