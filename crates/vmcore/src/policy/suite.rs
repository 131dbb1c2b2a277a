//! What every policy must do, whichever it is: one suite over [`PolicyKind::ALL`].

use super::{Future, PageKey, Policy, PolicyKind, ReclaimView, Verdict};
use crate::frames::Frame;
use crate::random::Draws;
use crate::units::{FilePage, ObjectId, Pfn};
use std::collections::BTreeSet;
use std::rc::Rc;

const FRAMES: u32 = 9;

fn page(number: u64) -> PageKey {
    PageKey::Object(ObjectId::new(0), FilePage::new(number))
}

/// A policy with a memory that obeys it.
struct Memory {
    kind: PolicyKind,
    policy: Box<dyn Policy>,
    frames: Vec<Frame>,
    held: Vec<Option<PageKey>>,
    draws: Draws,
    state: u64,
}

impl Clone for Memory {
    fn clone(&self) -> Self {
        let (frames, held, draws) = (self.frames.clone(), self.held.clone(), self.draws.clone());
        Self { policy: self.policy.clone_box(), frames, held, draws, ..*self }
    }
}

impl Memory {
    fn new(kind: PolicyKind, seed: u64) -> Self {
        Self {
            kind,
            policy: kind.build(FRAMES, FRAMES, &Rc::new(Future::default())),
            frames: vec![Frame::empty(); FRAMES as usize],
            held: vec![None; FRAMES as usize],
            draws: Draws::new(0, 0),
            state: seed,
        }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % n
    }

    /// Asks until a page goes; checks that only pages are named that may go, and that the asking ends.
    fn evict(&mut self, may_go: &BTreeSet<Pfn>) -> Option<Pfn> {
        let evictable = |pfn: Pfn| may_go.contains(&pfn);
        for _ in 0..20 * FRAMES {
            let view = ReclaimView { frames: &self.frames, evictable: Some(&evictable), draws: Some(&self.draws) };
            let before = self.policy.view();
            let verdict = self.policy.consider(&view);
            assert_eq!(self.policy.view(), before, "{:?}: asking changes nothing", self.kind);
            assert_eq!(self.policy.consider(&view), verdict, "{:?}: asking twice gives one answer", self.kind);
            let pfn = match verdict? {
                Verdict::Spare(pfn) => {
                    self.policy.spared(pfn);
                    pfn
                }
                Verdict::Evict(pfn, _) => {
                    self.policy.evicted(pfn);
                    self.draws.advance();
                    self.free(pfn);
                    assert!(evictable(pfn), "{:?} evicts frame {pfn}, which may not go", self.kind);
                    return Some(pfn);
                }
            };
            assert!(evictable(pfn), "{:?} spares frame {pfn}, which could not go", self.kind);
        }
        panic!("{:?} never comes to a victim", self.kind);
    }

    fn free(&mut self, pfn: Pfn) {
        self.policy.freed(pfn);
        self.held[pfn.index()] = None;
    }

    fn there(&self) -> BTreeSet<Pfn> {
        (0..FRAMES).map(Pfn::new).filter(|pfn| self.held[pfn.index()].is_some()).collect()
    }

    fn fill(&mut self, pfn: Pfn, key: PageKey) {
        self.policy.filled(pfn, key);
        self.held[pfn.index()] = Some(key);
    }

    /// Something that a machine might do.
    fn anything(&mut self) -> Option<Pfn> {
        let pfn = Pfn::new(self.below(FRAMES.into()) as u32);
        let key = page(self.below(25));
        match self.below(10) {
            0 => {
                self.free(pfn);
                None
            }
            1 => {
                let mut some = self.there();
                some.retain(|pfn| pfn.get() % 3 != 0);
                self.evict(&some)
            }
            // A stale TLB entry may lead to a frame that holds nothing.
            2 => {
                self.policy.used(pfn);
                None
            }
            _ => self.reference(key),
        }
    }

    fn reference(&mut self, key: PageKey) -> Option<Pfn> {
        let mut gone = None;
        let pfn = match self.held.iter().position(|held| *held == Some(key)) {
            Some(pfn) => Pfn::new(pfn as u32),
            None => {
                self.policy.wanted(key);
                if self.there().len() == FRAMES as usize {
                    gone = self.evict(&self.there());
                    assert!(gone.is_some(), "{:?}: memory is full of pages that may go", self.kind);
                }
                let free = self.held.iter().position(Option::is_none).expect("one is free");
                self.fill(Pfn::new(free as u32), key);
                Pfn::new(free as u32)
            }
        };
        self.policy.used(pfn);
        gone
    }
}

#[test]
fn only_what_may_go_is_named_and_asking_changes_nothing() {
    for &kind in PolicyKind::ALL {
        for seed in 0..4 {
            let mut memory = Memory::new(kind, seed);
            (0..1_500).for_each(|_| {
                memory.anything();
            });
        }
    }
}

#[test]
fn the_same_story_ends_the_same_and_a_copy_goes_its_own_way() {
    for &kind in PolicyKind::ALL {
        let (mut one, mut other) = (Memory::new(kind, 7), Memory::new(kind, 7));
        for step in 0..800 {
            assert_eq!(one.anything(), other.anything(), "{kind:?}, step {step}");
        }
        let copy = one.clone();
        let then = copy.policy.view();
        assert_eq!(one.policy.view(), then, "{kind:?}");
        let mut copy_on = copy.clone();
        for step in 0..200 {
            assert_eq!(one.anything(), copy_on.anything(), "{kind:?}, step {step} after copying");
        }
        assert_eq!(copy.policy.view(), then, "{kind:?}: the copy has not moved with the original");
    }
}

#[test]
fn an_empty_memory_has_no_victim_and_a_full_one_empties() {
    for &kind in PolicyKind::ALL {
        let mut memory = Memory::new(kind, 1);
        assert_eq!(memory.evict(&BTreeSet::new()), None, "{kind:?}");
        (0..300).for_each(|_| {
            memory.anything();
        });
        for _ in 0..FRAMES {
            let there = memory.there();
            assert_eq!(memory.evict(&BTreeSet::new()), None, "{kind:?}: nothing may go");
            assert_eq!(memory.evict(&there).is_some(), !there.is_empty(), "{kind:?}");
        }
        assert!(memory.there().is_empty(), "{kind:?}");
    }
}

#[test]
fn names_are_unique_and_known() {
    let names: BTreeSet<&str> = PolicyKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), PolicyKind::ALL.len());
    for &kind in PolicyKind::ALL {
        assert_eq!(PolicyKind::named(kind.name()), Some(kind));
    }
}
