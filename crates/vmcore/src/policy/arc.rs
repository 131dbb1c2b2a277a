//! ARC, adaptive replacement: pages used once and pages used again in two LRU lists, whose shares tune themselves.
//!
//! Each list remembers as ghosts what it lost; a page that comes back tells which list was too short, and moves `p`, the
//! share of the first (Megiddo and Modha, "ARC: a self-tuning, low overhead replacement cache", FAST 2003). The use that
//! a page was brought in for does not count as using it again.

use super::ghosts::{Ghosts, Name};
use super::order::Order;
use super::{ListView, Marked, Policy, PolicyView, ReclaimView, Verdict};
use crate::event::Reason;
use crate::units::Pfn;

/// `p` is counted in 65,536ths of a frame.
const ONE: u64 = 1 << 16;

/// What a newcomer's ghost tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ghost {
    None,
    /// It was remembered as used once (`B1`), or as used again (`B2`).
    Once,
    Again,
}

#[derive(Clone, Debug)]
pub(super) struct Arc<N: Name> {
    /// `T1` and `T2` of the paper, then `B1` and `B2`.
    once: Order,
    again: Order,
    gone_once: Ghosts<N>,
    gone_again: Ghosts<N>,
    names: Vec<Option<N>>,
    /// The use that the page was brought in for is still to come.
    fresh: Vec<bool>,
    /// How many frames it has at most; the paper's `c`.
    share: u32,
    p: u64,
    wanted: Option<(N, Ghost)>,
}

impl<N: Name> Arc<N> {
    pub(super) fn new(frames: u32, share: u32) -> Self {
        Self {
            once: Order::new(frames),
            again: Order::new(frames),
            gone_once: Ghosts::new(),
            gone_again: Ghosts::new(),
            names: vec![None; frames as usize],
            fresh: vec![false; frames as usize],
            share,
            p: 0,
            wanted: None,
        }
    }

    /// Looks for the page's ghost, lets it rest, and moves `p` by what it tells.
    fn recognise(&mut self, name: N) -> Ghost {
        let (once, again) = (u64::from(self.gone_once.len()), u64::from(self.gone_again.len()));
        if self.gone_once.take(name).is_some() {
            let whole = u64::from(self.share) * ONE;
            self.p = whole.min(self.p + ONE.max(again * ONE / once));
            Ghost::Once
        } else if self.gone_again.take(name).is_some() {
            self.p = self.p.saturating_sub(ONE.max(once * ONE / again));
            Ghost::Again
        } else {
            Ghost::None
        }
    }

    /// `T1` and `B1` together are at most as long as memory, all four at most twice.
    fn forget(&mut self) {
        self.gone_once.trim(self.share.saturating_sub(self.once.len()));
        let others = self.once.len() + self.again.len() + self.gone_once.len();
        self.gone_again.trim((2 * self.share).saturating_sub(others));
    }

    fn list(&self, name: &'static str, order: &Order, ghosts: &Ghosts<N>) -> ListView<N> {
        let pages = order.iter().map(|pfn| Marked { pfn, bit: None, note: self.fresh[pfn.index()].into() }).collect();
        ListView { name, pages, ghosts: ghosts.list() }
    }
}

impl<N: Name> Policy<N> for Arc<N> {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let found = |order: &Order, reason| {
            let pfn = order.iter().find(|&pfn| view.may_go(pfn))?;
            Some(Verdict::Evict(pfn, reason))
        };
        let once = || found(&self.once, Reason::LongestUnusedOfOnce);
        let again = || found(&self.again, Reason::LongestUnusedOfAgain);
        let share = u64::from(self.once.len()) * ONE;
        let returns = matches!(self.wanted, Some((_, Ghost::Again)));
        if share > self.p || (returns && share == self.p) { once().or_else(again) } else { again().or_else(once) }
    }

    fn wanted(&mut self, name: N) {
        if self.wanted.is_none_or(|(before, _)| before != name) {
            self.wanted = Some((name, self.recognise(name)));
        }
    }

    fn filled(&mut self, pfn: Pfn, name: N) {
        let ghost = match self.wanted.take() {
            Some((wanted, ghost)) if wanted == name => ghost,
            _ => self.recognise(name),
        };
        if ghost == Ghost::None { &mut self.once } else { &mut self.again }.push_back(pfn);
        self.names[pfn.index()] = Some(name);
        self.fresh[pfn.index()] = true;
        self.forget();
    }

    fn used(&mut self, pfn: Pfn) {
        if std::mem::take(&mut self.fresh[pfn.index()]) || self.names[pfn.index()].is_none() {
            return;
        }
        if !self.again.is_back(pfn) {
            self.once.remove(pfn);
            self.again.push_back(pfn);
        }
    }

    fn evicted(&mut self, pfn: Pfn) {
        let Some(name) = self.names[pfn.index()] else { return };
        let ghosts = if self.once.contains(pfn) { &mut self.gone_once } else { &mut self.gone_again };
        ghosts.push(name, 0);
    }

    fn freed(&mut self, pfn: Pfn) {
        self.once.remove(pfn);
        self.again.remove(pfn);
        self.names[pfn.index()] = None;
        self.fresh[pfn.index()] = false;
    }

    fn view(&self) -> PolicyView<N> {
        let lists = vec![
            self.list("used once", &self.once, &self.gone_once),
            self.list("used again", &self.again, &self.gone_again),
        ];
        PolicyView::Lists { lists, hand: None, dial: self.p, wanted: self.wanted.map(|(name, _)| name) }
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
