//! A note of every step of a run, up to a bound: where it stands in the text and how it went.

use super::{machine, shown};
use crate::store::model::MachineChoice;
use script::run::{Execution, Failed, Program, Runner};
use std::ops::Range;
use std::rc::Rc;
use vmcore::event::Unobserved;
use vmcore::series::Verdict;
use vmcore::timeline::Timeline;

/// Most steps that are noted; as many as have a bucket of their own in the run's series.
pub const MAX_TRACE: usize = vmcore::series::MAX_BUCKETS;

/// What is known of one step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Taken {
    /// The byte at which its statement begins.
    pub start: u32,
    /// How it went.
    pub verdict: Verdict,
    /// The number of the question put before it, if there is one.
    pub question: Option<usize>,
}

/// Steps and expectations.
#[derive(Debug, Default)]
pub(super) struct Trace {
    taken: Vec<Taken>,
    failed: Vec<Failed>,
}

impl Trace {
    /// Whether another step can be noted.
    pub(super) fn has_room(&self) -> bool {
        self.taken.len() < MAX_TRACE
    }

    /// Notes the step that the timeline has just taken.
    pub(super) fn note(&mut self, timeline: &Timeline<Runner>) {
        let front = timeline.front();
        let Some(step) = front.source.step() else { return };
        // As long as there is room here, the last bucket holds one step.
        let verdict = timeline.series().buckets().last().map_or(Verdict::Quiet, |bucket| bucket.worst);
        let question = shown::question(&front.source).map(|question| question.number);
        self.taken.push(Taken { start: step.span.start, verdict, question });
    }

    /// Judges the expectations of a run that has ended, if all of it was noted and it ran on a machine that the script
    /// speaks of.
    pub(super) fn judge(&mut self, program: &Rc<Program>, timeline: &Timeline<Runner>, choice: &MachineChoice) {
        if timeline.len() > MAX_TRACE as u64 || !choice.keys.is_empty() {
            return;
        }
        let Ok(variant) = machine::variant(program, choice) else { return };
        let setup = timeline.front().machine.state().setup().clone();
        let Ok(mut execution) = Execution::new(program, setup, variant) else { return };
        while let Ok(Some(_)) = execution.step(&mut Unobserved) {}
        self.failed = execution.failed().to_vec();
    }

    pub(super) fn taken(&self) -> &[Taken] {
        &self.taken
    }

    pub(super) fn failed(&self) -> &[Failed] {
        &self.failed
    }

    pub(super) fn first_step_of(&self, start: u32) -> Option<u64> {
        self.taken.iter().position(|taken| taken.start == start).map(|index| index as u64 + 1)
    }

    /// What is known of these steps, counted from 1.
    pub(super) fn slice(&self, steps: Range<u64>) -> &[Taken] {
        let index = |step: u64| (step.saturating_sub(1) as usize).min(self.taken.len());
        &self.taken[index(steps.start)..index(steps.end)]
    }
}
