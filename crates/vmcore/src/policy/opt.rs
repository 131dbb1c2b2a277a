//! Belady's optimal policy: the page whose next use lies farthest in the future goes; ties by the latest filled. And its
//! opposite, UNOPT: the page used soonest goes, the most misses that a policy can make one by one.
//!
//! Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 5(2), 1966. It
//! cannot be built, since it must know the future; here a first run writes the uses down ([`Future`]), and which page
//! is used when does not depend on what is evicted.

use super::{Policy, PolicyView, ReclaimView, Verdict};
use crate::chunked::ChunkedMap;
use crate::event::Reason;
use crate::frames::{Frame, Holds};
use crate::units::{FilePage, ObjectId, Pfn, Pid, Vpn};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// A page by what it is, not by where it lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum PageKey {
    /// A page of a file or shared-memory object.
    Object(ObjectId, FilePage),
    /// A private page of a process.
    Private(Pid, Vpn),
}

/// When each page is used, counted in uses from the start.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Future {
    uses: ChunkedMap<PageKey, Vec<u64>>,
    count: u64,
}

impl Future {
    /// Writes down the next use.
    pub fn note(&mut self, key: Option<PageKey>) {
        if let Some(key) = key {
            self.uses.or_default(key).push(self.count);
        }
        self.count += 1;
    }

    /// The first use at or after `now`; `u64::MAX` is never.
    fn next(&self, key: PageKey, now: u64) -> u64 {
        let Some(uses) = self.uses.get(&key) else { return u64::MAX };
        uses.get(uses.partition_point(|&at| at < now)).copied().unwrap_or(u64::MAX)
    }

    /// The next use at or after `now` of what a frame holds; `u64::MAX` is never.
    pub fn next_use(&self, frame: &Frame, now: u64) -> u64 {
        let cached = match frame.holds() {
            Holds::Object { object, page } => self.next(PageKey::Object(object, page), now),
            _ => u64::MAX,
        };
        let private = frame.mappers().iter().map(|m| self.next(PageKey::Private(m.pid, m.vpn), now));
        private.fold(cached, u64::min)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Opt {
    future: Rc<Future>,
    /// The farthest next use goes; otherwise the nearest.
    farthest: bool,
    now: u64,
    /// When each frame was filled, counted in fills.
    filled: Vec<u64>,
    fills: u64,
}

impl Opt {
    pub(super) fn new(frames: u32, future: Rc<Future>, farthest: bool) -> Self {
        Self { future, farthest, now: 0, filled: vec![0; frames as usize], fills: 0 }
    }
}

impl Policy for Opt {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let candidates = (0..view.frames()).map(Pfn::new).filter(|&pfn| view.may_go(pfn));
        let dated = candidates.map(|pfn| (self.future.next_use(view.frame(pfn), self.now), pfn));
        if !self.farthest {
            return dated.min().map(|(next, pfn)| Verdict::Evict(pfn, Reason::SoonestUse(next)));
        }
        let (next, pfn) = dated.max_by_key(|&(next, pfn)| (next, self.filled[pfn.index()]))?;
        Some(Verdict::Evict(pfn, Reason::NextUse(next)))
    }

    fn filled(&mut self, pfn: Pfn, _: PageKey) {
        self.fills += 1;
        self.filled[pfn.index()] = self.fills;
    }

    fn used(&mut self, _: Pfn) {
        self.now += 1;
    }

    fn freed(&mut self, pfn: Pfn) {
        self.filled[pfn.index()] = 0;
    }

    fn view(&self) -> PolicyView {
        PolicyView::Uses { now: self.now, filled: self.filled.clone() }
    }

    fn clone_box(&self) -> Box<dyn Policy> {
        Box::new(self.clone())
    }
}
