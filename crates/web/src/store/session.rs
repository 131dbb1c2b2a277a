//! One run of one text: the only place that knows how scripts are compiled and run.
//!
//! Owns: the program, its timeline, a note of every step (up to a bound), and the moment that is shown. Does not own:
//! what is done with any of it (`moves`, `editing`), or how it is shown (`present`).

mod landmark;
mod machine;
mod shown;
mod trace;

pub use landmark::{Found, Landmark};
pub use shown::Moved;
pub use trace::{MAX_TRACE, Taken};

use super::model::MachineChoice;
use super::position::Position;
use crate::present::Badge;
use crate::seam::{Look, SubStep};
use script::run::{Failed, Program, Question, Runner, StepInfo};
use script::{Diagnostic, Diagnostics, Script, Span};
use shown::Shown;
use std::ops::Range;
use std::rc::Rc;
use trace::Trace;
use vmcore::outcome::Outcome;
use vmcore::series::{Series, Verdict};
use vmcore::state::State;
use vmcore::timeline::{Progress, Timeline};
use vmcore::units::Pid;

/// How far a policy that must know the future looks ahead, in steps: about a second of running.
const FORESIGHT: u64 = 2_000_000;

/// Steps that are run at once, so that a lesson is there whole when it is first drawn.
const AT_ONCE: u64 = 2000;

/// One run of one text.
#[derive(Debug)]
pub struct Session {
    text: Rc<str>,
    script: Script,
    program: Rc<Program>,
    machine: MachineChoice,
    timeline: Timeline<Runner>,
    trace: Trace,
    shown: Shown,
}

impl Session {
    /// A run of `text` on the machine that was asked for, its first steps taken; and what is to be said about the
    /// text although it runs.
    ///
    /// # Errors
    /// Everything that keeps it from running.
    pub fn start(text: Rc<str>, choice: &MachineChoice) -> Result<(Self, Diagnostics), Diagnostics> {
        let (program, warnings) = script::load_program(&text);
        let Some(program) = program else { return Err(warnings) };
        let script = script::parse(&text).script;
        let setup = machine::setup(&program, choice)?;
        let timeline = Timeline::new(setup, Runner::new(Rc::clone(&program)), FORESIGHT)
            .map_err(|error| Diagnostic::error(Span::default(), error.to_string()))?;
        let shown = Shown::start(&timeline);
        let machine = choice.clone();
        let mut session = Self { text, script, program, machine, timeline, trace: Trace::default(), shown };
        session.run(AT_ONCE);
        Ok((session, warnings))
    }

    /// What is wrong with a text, without running it.
    pub fn check(text: &str, choice: &MachineChoice) -> Diagnostics {
        let (program, diagnostics) = script::load_program(text);
        match program.map(|program| machine::setup(&program, choice)) {
            Some(Err(mistakes)) => mistakes,
            _ => diagnostics,
        }
    }

    /// As much of a choice as the text can run on, and a sentence for each part that it cannot.
    pub fn usable(text: &str, choice: MachineChoice) -> (MachineChoice, Vec<String>) {
        match script::load_program(text).0 {
            Some(program) => machine::usable(&program, choice),
            None => (choice, Vec::new()),
        }
    }

    /// Runs on for at most so many steps.
    pub fn run(&mut self, steps: u64) {
        if !self.is_running() {
            return;
        }
        let end = self.len() + steps;
        // A step at a time while there is something to note of each.
        while self.is_running() && self.len() < end && self.trace.has_room() {
            let before = self.len();
            self.timeline.run(1);
            if self.len() > before {
                self.trace.note(&self.timeline);
            }
        }
        self.timeline.run_to_end(end);
        if !self.is_running() {
            self.trace.judge(&self.program, &self.timeline, &self.machine);
        }
    }

    /// Goes to a place, or as near to it as there is one.
    pub fn go(&mut self, to: Position, how: Moved) {
        self.shown.go(&mut self.timeline, to, how);
    }

    /// Where we are.
    pub fn position(&self) -> Position {
        self.shown.position()
    }

    /// Whether something of the present step has not happened yet.
    pub fn is_inside(&self) -> bool {
        self.shown.is_inside()
    }

    /// Whether nothing lies ahead.
    pub fn is_at_end(&self) -> bool {
        !self.is_running() && !self.is_inside() && self.position().step >= self.len()
    }

    /// The parts of the present step.
    pub fn parts(&self) -> &[SubStep] {
        self.shown.parts()
    }

    /// The part that is shown, if it is one and not the whole step.
    pub fn part(&self) -> Option<&SubStep> {
        self.shown.part()
    }

    /// What the stage is drawn from.
    pub fn look(&self, compact: bool) -> Look<'_> {
        self.shown.look(compact)
    }

    /// Changes with everything that [`look`](Self::look) says.
    pub fn revision(&self) -> u64 {
        self.shown.revision()
    }

    /// What is shown.
    pub fn state(&self) -> &State {
        self.shown.now()
    }

    /// What the present step came to.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.shown.outcome()
    }

    /// The verdict on the present step.
    pub fn verdict(&self) -> Verdict {
        self.shown.verdict()
    }

    /// The present step, as it is written.
    pub fn step(&self) -> Option<&StepInfo> {
        self.shown.runner().and_then(Runner::step)
    }

    /// Values of the loop variables around the present step.
    pub fn loop_variables(&self) -> Vec<(Rc<str>, i128)> {
        let runner = self.shown.runner();
        runner.into_iter().flat_map(Runner::loop_variables).map(|(name, value)| (Rc::clone(name), value)).collect()
    }

    /// The author's notes on the present step.
    pub fn notes(&self) -> &[Rc<str>] {
        self.shown.notes()
    }

    /// The question put before the present step.
    pub fn question_here(&self) -> Option<&Rc<Question>> {
        self.shown.question_here()
    }

    /// The question put before the step to come, if we stand between the two.
    pub fn question_ahead(&self) -> Option<&Rc<Question>> {
        self.shown.question_ahead()
    }

    /// The text that runs.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text that runs, shared.
    pub fn text_rc(&self) -> Rc<str> {
        Rc::clone(&self.text)
    }

    /// The text that runs, as a tree.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The text that runs, compiled.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Its title.
    pub fn title(&self) -> &str {
        self.program.title.as_deref().unwrap_or("A script without a title")
    }

    /// What it is about, in paragraphs.
    pub fn about(&self) -> &[Rc<str>] {
        &self.program.about
    }

    /// Its variants.
    pub fn variants(&self) -> &[Rc<str>] {
        &self.program.variants
    }

    /// A process's name.
    pub fn process_name(&self, pid: Pid) -> &str {
        self.program.processes().get(pid.index()).map_or("?", |name| name)
    }

    /// The mark of a process, by its name.
    pub fn badge(&self, process: &str) -> Badge {
        match self.program.processes().iter().position(|name| &**name == process) {
            Some(number) => Badge::process(Pid::new(number as u16), process),
            None => Badge::kernel(),
        }
    }

    /// Steps run so far.
    pub fn len(&self) -> u64 {
        self.timeline.len()
    }

    /// Whether nothing has been run.
    pub fn is_empty(&self) -> bool {
        self.timeline.is_empty()
    }

    /// Whether there is more to run.
    pub fn is_running(&self) -> bool {
        matches!(self.timeline.progress(), Progress::Running)
    }

    /// What kept the run from going on.
    pub fn failure(&self) -> Option<&Diagnostic> {
        match self.timeline.progress() {
            Progress::Failed(diagnostic) => Some(diagnostic),
            Progress::Running | Progress::Ended => None,
        }
    }

    /// The run's shape.
    pub fn series(&self) -> &Series {
        self.timeline.series()
    }

    /// What is known of the first steps: where each stands and how it went.
    pub fn taken(&self) -> &[Taken] {
        self.trace.taken()
    }

    /// The first step of the statement that begins at this byte of the text.
    pub fn first_step_of(&self, start: u32) -> Option<u64> {
        self.trace.first_step_of(start)
    }

    /// Whether a question is put before one of these steps.
    pub fn asks_in(&self, steps: Range<u64>) -> bool {
        self.trace.slice(steps).iter().any(|taken| taken.question.is_some())
    }

    /// The first step ahead that is asked about and nobody has answered, as far as is known: what it comes to, and what
    /// comes after it, is not told before. Within a step its own end lies ahead.
    pub fn untold_from(&self, answered: impl Fn(usize) -> bool) -> Option<u64> {
        let first = (self.position().step + u64::from(!self.is_inside())).max(1);
        let ahead = (first..).zip(self.trace.slice(first..u64::MAX));
        ahead
            .into_iter()
            .find(|(_, taken)| taken.question.is_some_and(|number| !answered(number)))
            .map(|(step, _)| step)
    }

    /// Whether one of these steps was not as the script expects.
    pub fn fails_in(&self, steps: Range<u64>) -> bool {
        self.trace.failed().iter().any(|failed| steps.contains(&failed.step))
    }

    /// Expectations about a step that do not hold.
    pub fn failed_at(&self, step: u64) -> impl Iterator<Item = &Failed> {
        self.trace.failed().iter().filter(move |failed| failed.step == step)
    }
}

#[cfg(test)]
mod tests;
