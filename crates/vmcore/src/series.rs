//! A run's shape in a bounded number of buckets, for the time bar and charts.

use crate::outcome::{Counters, Outcome};

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
        Self::of_outcome(outcome).max(Self::of_counts(counters))
    }

    /// By the outcome alone: whether the step failed, or was refused.
    #[inline]
    pub(crate) fn of_outcome(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Signal(_) => Self::Refused,
            Outcome::Errno(_) => Self::Failed,
            _ => Self::Quiet,
        }
    }

    /// By the counts alone, of one step or of several.
    fn of_counts(counters: &Counters) -> Self {
        match counters {
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
    /// Some steps on end: the gravest of what they came to, and what they counted together.
    pub(crate) fn of_steps(gravest: Verdict, counted: &Counters, used_frames: u32) -> Self {
        let Counters { minor, major, cow, cost, .. } = *counted;
        Self { worst: gravest.max(Verdict::of_counts(counted)), minor, major, cow, cost, used_frames }
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

    /// How many more steps the next stretch may have: it ends where a bucket does.
    pub(crate) fn room(&self) -> u64 {
        self.width - (self.steps & (self.width - 1))
    }

    /// Adds so many steps on end, no more than there is [`room`](Self::room) for.
    pub(crate) fn push(&mut self, steps: u64, stretch: Bucket) {
        // The number of buckets is even, so that after halving a new one begins. The width is a power of two.
        let begins = self.steps & (self.width - 1) == 0;
        if begins && self.buckets.len() == MAX_BUCKETS {
            self.halve();
        }
        match self.buckets.last_mut() {
            Some(open) if !begins => open.join(&stretch),
            _ => self.buckets.push(stretch),
        }
        self.steps += steps;
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
