//! A run from its start to its end, with its expectations judged.

use super::evictions::{Eviction, Watch};
use super::expect::Failed;
use super::program::Program;
use super::runner::Runner;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::validate::MAX_STEPS;
use std::rc::Rc;
use vmcore::command::Command;
use vmcore::event::Recorder;
use vmcore::outcome::{Counters, Outcome};
use vmcore::state::{Setup, State};
use vmcore::timeline::{Moment, Next, Source, Timeline};

/// A run.
#[derive(Debug)]
pub struct Execution {
    moment: Moment<Runner>,
}

/// A step that has been taken.
#[derive(Debug)]
pub struct StepDone<'e> {
    /// What was asked.
    pub command: Command,
    /// What it came to.
    pub outcome: Outcome,
    /// The pages that left memory in it.
    pub evictions: &'e [Eviction],
}

impl Execution {
    /// A run of `program` at its start; `setup` is the program's for `variant`.
    ///
    /// # Errors
    /// If the machine cannot be set up.
    pub fn new(program: &Rc<Program>, setup: Setup, variant: Option<usize>) -> Result<Self, Diagnostic> {
        // A timeline knows how to look into the future for a policy that must.
        let timeline = Timeline::new(setup, Runner::new(Rc::clone(program)), MAX_STEPS)
            .map_err(|error| Diagnostic::error(Span::default(), error.to_string()))?;
        let source = Runner::checking(Rc::clone(program), variant);
        Ok(Self { moment: Moment { machine: timeline.front().machine.clone(), source } })
    }

    /// Takes the next step; `None` at the end. Expectations about the step before are judged on the way.
    ///
    /// # Errors
    /// A mistake in the script that shows only when it runs, with its place.
    pub fn step<R: Recorder>(&mut self, recorder: &mut R) -> Result<Option<StepDone<'_>>, Diagnostic> {
        let command = match self.moment.source.next(self.moment.machine.state()) {
            Next::Command(command) => command,
            Next::End => return Ok(None),
            Next::Failed(diagnostic) => return Err(diagnostic),
        };
        let mut evictions = Vec::new();
        let mut watch = Watch { evictions: &mut evictions, next: recorder };
        let outcome = self.moment.machine.step(&command, &mut watch);
        self.moment.source.finished(&outcome);
        let checks = self.moment.source.checks_mut().expect("an execution judges expectations");
        checks.evictions = evictions;
        Ok(Some(StepDone { command, outcome, evictions: &checks.evictions }))
    }

    /// The machine's state after the last step.
    pub fn state(&self) -> &State {
        self.moment.machine.state()
    }

    /// Where the run stands in its program.
    pub fn runner(&self) -> &Runner {
        &self.moment.source
    }

    /// What has been counted so far.
    pub fn totals(&self) -> Counters {
        self.state().totals()
    }

    /// Checks that held so far.
    pub fn held(&self) -> u64 {
        self.moment.source.checks().map_or(0, |checks| checks.held)
    }

    /// Checks that did not hold so far; the first thousand.
    pub fn failed(&self) -> &[Failed] {
        self.moment.source.checks().map_or(&[], |checks| &checks.failed)
    }

    /// How many more checks did not hold.
    pub fn more_failed(&self) -> u64 {
        self.moment.source.checks().map_or(0, |checks| checks.more_failed)
    }
}
