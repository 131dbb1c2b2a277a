//! `check`: the base and every variant, and each expectation that does not hold.

use super::execution::Execution;
use super::expect::Failed;
use super::load_program;
use super::program::Program;
use crate::diagnostic::{Diagnostic, Diagnostics};
use std::rc::Rc;
use vmcore::event::Unobserved;
use vmcore::outcome::Counters;

/// What checking a script comes to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What is wrong with the script as text.
    pub diagnostics: Diagnostics,
    /// One run of the base machine, and one of each variant; none if the script is wrong as text.
    pub runs: Vec<RunReport>,
}

/// One run.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// The variant; `None` is the base.
    pub variant: Option<Rc<str>>,
    /// Steps that were run.
    pub steps: u64,
    /// What was counted.
    pub totals: Counters,
    /// Checks that held.
    pub held: u64,
    /// Checks that did not; the first thousand.
    pub failed: Vec<Failed>,
    /// How many more did not.
    pub more_failed: u64,
    /// A mistake that ended the run.
    pub error: Option<Diagnostic>,
}

impl Report {
    /// Is the script sound, and does every expectation hold?
    pub fn holds(&self) -> bool {
        !self.diagnostics.has_errors() && self.runs.iter().all(|run| run.failed.is_empty() && run.error.is_none())
    }
}

/// Runs `source` on its machine and on every variant.
pub fn check(source: &str) -> Report {
    let (program, diagnostics) = load_program(source);
    let runs = match &program {
        Some(program) => {
            let variants = std::iter::once(None).chain((0..program.variants.len()).map(Some));
            variants.map(|variant| run(program, variant)).collect()
        }
        None => Vec::new(),
    };
    Report { diagnostics, runs }
}

fn run(program: &Rc<Program>, variant: Option<usize>) -> RunReport {
    let mut report = RunReport {
        variant: variant.map(|variant| Rc::clone(&program.variants[variant])),
        steps: 0,
        totals: Counters::default(),
        held: 0,
        failed: Vec::new(),
        more_failed: 0,
        error: None,
    };
    let setup = program.setup(variant, &[]);
    let mut execution = match setup.and_then(|setup| Execution::new(program, setup, variant)) {
        Ok(execution) => execution,
        Err(error) => {
            report.error = Some(error);
            return report;
        }
    };
    report.error = loop {
        match execution.step(&mut Unobserved) {
            Ok(Some(_)) => {}
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    report.steps = execution.state().steps();
    report.totals = execution.totals();
    report.held = execution.held();
    report.failed = execution.failed().to_vec();
    report.more_failed = execution.more_failed();
    report
}
