//! Counting the misses of a reference string without a machine: pages, frames and a policy, and nothing else.
//!
//! Owns: the counting. Does not own: the policies, which are the machine's own (only those that know the future are
//! written anew here, since the whole string is at hand), or reading strings. A test holds the counts to the machine's.

mod foresight;
mod stack;

use crate::policy::{Answer, Policy, PolicyKind, ReclaimView, Verdict, with_policy};
use crate::random::Draws;
use crate::units::Pfn;
use std::collections::HashMap;

/// A reference string, its pages numbered from 0 in the order of their first use.
#[derive(Clone, Debug, Default)]
pub struct References {
    refs: Vec<u32>,
    pages: u32,
}

impl References {
    /// From page numbers of any size.
    ///
    /// # Panics
    /// If there are 2^32 different pages or more.
    pub fn new(pages: impl IntoIterator<Item = u64>) -> Self {
        /// Page numbers below this are looked up in an array.
        const SMALL: usize = 1 << 22;
        let mut small: Vec<u32> = Vec::new();
        let mut large: HashMap<u64, u32> = HashMap::new();
        let mut count = 0u32;
        let mut number = |page: u64| {
            let known = match usize::try_from(page) {
                Ok(index) if index < SMALL => {
                    if index >= small.len() {
                        small.resize((index + 1).next_power_of_two(), u32::MAX);
                    }
                    &mut small[index]
                }
                _ => large.entry(page).or_insert(u32::MAX),
            };
            if *known == u32::MAX {
                *known = count;
                count = count.checked_add(1).filter(|&n| n < u32::MAX).expect("fewer than 2^32 pages");
            }
            *known
        };
        let refs = pages.into_iter().map(&mut number).collect();
        Self { refs, pages: count }
    }

    /// How many references.
    pub fn len(&self) -> usize {
        self.refs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.refs.is_empty()
    }

    /// How many different pages.
    pub fn pages(&self) -> u32 {
        self.pages
    }
}

/// The misses of a policy with each number of frames, the first fill of a frame included. `seed` and `seed_skip` are the
/// machine's keys. No frames at all miss always.
pub fn misses(refs: &References, policy: PolicyKind, frames: &[u32], seed: u64, seed_skip: u64) -> Vec<u64> {
    // One pass for all sizes costs about as much as three passes.
    if policy == PolicyKind::Lru && frames.len() > 3 {
        let curve = stack::curve(refs);
        return frames.iter().map(|&frames| curve.misses(frames)).collect();
    }
    frames.iter().map(|&frames| misses_with(refs, policy, frames, seed, seed_skip)).collect()
}

fn misses_with(refs: &References, policy: PolicyKind, frames: u32, seed: u64, seed_skip: u64) -> u64 {
    if frames == 0 {
        return refs.len() as u64;
    }
    // Frames that are never filled only cost time; but policies that adapt or tick ask how many there are.
    let filled = frames.min(refs.pages);
    let run = Run { refs, frames: filled, draws: policy.needs_draws().then(|| Draws::new(seed, seed_skip)) };
    match policy {
        PolicyKind::Opt => foresight::misses(refs, frames, true),
        PolicyKind::Unopt => foresight::misses(refs, frames, false),
        _ => with_policy(policy, filled.max(1), frames, run).expect("only those two must know the future"),
    }
}

/// One pass over the string.
struct Run<'a> {
    refs: &'a References,
    frames: u32,
    draws: Option<Draws>,
}

const NOWHERE: u32 = u32::MAX;

impl Answer<u32> for Run<'_> {
    type Out = u64;

    fn of(mut self, mut policy: impl Policy<u32>) -> u64 {
        let mut frame_of = vec![NOWHERE; self.refs.pages as usize];
        let mut page_in = vec![NOWHERE; self.frames as usize];
        let mut free = 0..self.frames;
        let mut misses = 0;
        for &page in &self.refs.refs {
            let frame = frame_of[page as usize];
            if frame != NOWHERE {
                policy.used(Pfn::new(frame));
                continue;
            }
            misses += 1;
            policy.wanted(page);
            let pfn = free.next().map_or_else(|| self.make_room(&mut policy, &page_in, &mut frame_of), Pfn::new);
            page_in[pfn.index()] = page;
            frame_of[page as usize] = pfn.get();
            policy.filled(pfn, page);
            policy.used(pfn);
        }
        misses
    }
}

impl Run<'_> {
    fn make_room(&mut self, policy: &mut impl Policy<u32>, page_in: &[u32], frame_of: &mut [u32]) -> Pfn {
        loop {
            let view = ReclaimView { frames: &[], evictable: None, draws: self.draws.as_ref() };
            match policy.consider(&view).expect("every frame holds a page that may go") {
                Verdict::Spare(pfn) => policy.spared(pfn),
                Verdict::Evict(pfn, _) => {
                    policy.evicted(pfn);
                    policy.freed(pfn);
                    frame_of[page_in[pfn.index()] as usize] = NOWHERE;
                    if let Some(draws) = &mut self.draws {
                        draws.advance();
                    }
                    return pfn;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
