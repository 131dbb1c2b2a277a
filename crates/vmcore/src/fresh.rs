//! What steps on the express way have counted and nobody has added up yet.
//!
//! Such a step counts one of a handful of things; the sums of the run, of the process and of the step follow from how
//! often each came. They are added up when the long way begins its next step, or when somebody asks.
//!
//! Owns: the counting of the express way. Does not own: what is counted on the long way ([`State::apply`]).

use crate::outcome::Counters;
use crate::state::State;
use crate::units::Pid;
use std::borrow::Cow;

/// What a step on the express way came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Came {
    /// The TLB had the translation.
    Hit,
    /// A walk found it.
    Walk,
    /// The page was in the page cache.
    Minor,
    /// It was made, for the file has no block there.
    Major,
    /// It was read from the disk.
    Read,
}

/// Steps not added up, all of them the running process's.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Fresh {
    /// How often each came, by its place in [`Came`].
    times: [u64; 5],
    last: Option<Came>,
}

impl Fresh {
    #[inline(always)]
    pub(crate) fn note(&mut self, came: Came) {
        self.times[came as usize] += 1;
        self.last = Some(came);
    }

    #[inline]
    pub(crate) fn steps(&self) -> u64 {
        self.times.iter().sum()
    }
}

impl State {
    /// What these steps have counted.
    fn sum_of(&self, fresh: &Fresh) -> Counters {
        let [hits, plain, minor, made, reads] = fresh.times;
        let walks = plain + minor + made + reads;
        let has_tlb = self.tlb.exists();
        let walk_reads = walks * u64::from(self.geometry.depth());
        Counters {
            accesses: hits + walks,
            minor,
            major: made + reads,
            tlb_hits: hits,
            tlb_misses: if has_tlb { walks } else { 0 },
            walk_reads,
            disk_requests: reads,
            disk_reads: reads,
            cost: fresh.times.iter().zip(&self.terms.costs).map(|(times, cost)| times * cost).sum(),
            ..Counters::default()
        }
    }

    /// What was counted since the start, up to the last step that ended.
    pub fn totals(&self) -> Counters {
        let mut totals = self.totals;
        totals.add(&self.sum_of(&self.fresh));
        totals
    }

    /// What a process has counted, up to the last step that ended.
    pub fn counters_of(&self, pid: Pid) -> Counters {
        let mut counters = self.process(pid).map(|process| process.counters).unwrap_or_default();
        if self.running == Some(pid) {
            counters.add(&self.sum_of(&self.fresh));
        }
        counters
    }

    /// What the running step has counted so far, or the last one if none runs; without its cost, which is known at
    /// the end.
    pub fn step_counters(&self) -> Counters {
        let Some(came) = self.fresh.last else { return self.step };
        let mut only = Fresh::default();
        only.note(came);
        self.sum_of(&only)
    }

    /// Adds everything up.
    pub(crate) fn settle(&mut self) {
        if self.fresh.last.is_none() {
            return;
        }
        let sum = self.sum_of(&self.fresh);
        self.step = self.step_counters();
        self.steps += self.fresh.steps();
        self.totals.add(&sum);
        if let Some(process) = self.running.and_then(|pid| self.processes[pid.index()].as_mut()) {
            process.counters.add(&sum);
        }
        self.fresh = Fresh::default();
    }

    /// The same state with everything added up, for comparing.
    pub(crate) fn settled(&self) -> Cow<'_, Self> {
        if self.fresh.last.is_none() {
            return Cow::Borrowed(self);
        }
        let mut settled = self.clone();
        settled.settle();
        Cow::Owned(settled)
    }
}
