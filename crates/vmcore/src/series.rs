//! A run's shape in a bounded number of buckets, for the time bar and charts.

use crate::fresh::Came;
use crate::outcome::{Counters, Outcome};
use crate::state::State;

/// How a step ended, from the quietest to the gravest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// A call that did its work, or a step of the kernel's.
    Quiet,
    /// Accesses without a fault.
    Hit,
    /// At least one minor fault.
    Minor,
    /// At least one copy-on-write.
    Cow,
    /// At least one major fault.
    Major,
    /// A call that failed.
    Failed,
    /// An access that was refused.
    Refused,
}

impl Verdict {
    /// The verdict on a step.
    pub fn of(outcome: &Outcome, counters: &Counters) -> Self {
        match outcome {
            Outcome::Signal(_) => Self::Refused,
            Outcome::Errno(_) => Self::Failed,
            _ if counters.major > 0 => Self::Major,
            _ if counters.cow > 0 => Self::Cow,
            _ if counters.minor > 0 => Self::Minor,
            _ if counters.accesses > 0 => Self::Hit,
            _ => Self::Quiet,
        }
    }
}

/// Several consecutive steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bucket {
    /// The gravest verdict among them.
    pub worst: Verdict,
    /// Their minor faults.
    pub minor: u64,
    /// Their major faults.
    pub major: u64,
    /// Their copies.
    pub cow: u64,
    /// Their cost.
    pub cost: u64,
    /// Frames in use after the last of them.
    pub used_frames: u32,
}

impl Bucket {
    /// The step that a machine has just taken.
    pub(crate) fn of_step(outcome: &Outcome, state: &State) -> Self {
        let used_frames = state.config().frames - state.free_frames();
        if let Some((came, cost)) = state.last_came() {
            let (worst, minor, major) = match came {
                Came::Hit | Came::Walk => (Verdict::Hit, 0, 0),
                Came::Minor => (Verdict::Minor, 1, 0),
                Came::Major | Came::Read => (Verdict::Major, 0, 1),
            };
            return Self { worst, minor, major, cow: 0, cost, used_frames };
        }
        let c = state.step_counters();
        Self { worst: Verdict::of(outcome, &c), minor: c.minor, major: c.major, cow: c.cow, cost: c.cost, used_frames }
    }

    fn join(&mut self, next: &Self) {
        self.worst = self.worst.max(next.worst);
        self.minor += next.minor;
        self.major += next.major;
        self.cow += next.cow;
        self.cost += next.cost;
        self.used_frames = next.used_frames;
    }
}

/// Most buckets.
pub const MAX_BUCKETS: usize = 4096;

/// The buckets of a run: each holds the same power of two of steps, the last perhaps fewer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Series {
    width: u64,
    steps: u64,
    buckets: Vec<Bucket>,
}

impl Default for Series {
    fn default() -> Self {
        Self { width: 1, steps: 0, buckets: Vec::new() }
    }
}

impl Series {
    /// Steps of a bucket.
    pub fn width(&self) -> u64 {
        self.width
    }

    /// Steps in all.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The buckets in order.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    pub(crate) fn push(&mut self, step: Bucket) {
        // The number of buckets is even, so that after halving a new one begins.
        // The width is a power of two.
        let begins = self.steps & (self.width - 1) == 0;
        if begins && self.buckets.len() == MAX_BUCKETS {
            self.halve();
        }
        match self.buckets.last_mut() {
            Some(open) if self.steps & (self.width - 1) != 0 => open.join(&step),
            _ => self.buckets.push(step),
        }
        self.steps += 1;
    }

    fn halve(&mut self) {
        let pair = |pair: &[Bucket]| {
            let mut joined = pair[0];
            pair[1..].iter().for_each(|next| joined.join(next));
            joined
        };
        self.buckets = self.buckets.chunks(2).map(pair).collect();
        self.width *= 2;
    }
}
