//! Time travel: a bounded number of checkpoints, and replay from the nearest. No inverse operations, no stored events.
//!
//! Owns: how far a run has come, and going to any step of it. Does not own: what the next command is; that is the
//! [`Source`]'s, which is cheap to copy and so is part of every checkpoint. A long loop costs no memory a step.

use crate::Machine;
use crate::command::Command;
use crate::event::{Event, Recorder};
use crate::frames::Holds;
use crate::outcome::{Counters, Outcome};
use crate::policy::{Future, PageKey, PolicyKind};
use crate::series::{Bucket, Series, Verdict};
use crate::state::{Setup, SetupError, State};
use crate::units::{Pfn, Pid, Vpn};
use std::rc::Rc;

/// Most checkpoints that are kept.
const MAX_CHECKPOINTS: usize = 256;

/// About how much memory all checkpoints may take together.
const CHECKPOINT_BYTES: usize = 32 << 20;

/// Fewest steps between two checkpoints; doubled whenever there are too many.
const LEAST_SPACING: u64 = 16;

/// About how many bytes of checkpoints a step may cost: large machines are copied less often than small ones.
const BYTES_A_STEP: u64 = 30;

/// Accesses and copied bytes after which there is a checkpoint sooner: few steps can be long ones.
const MUCH_WORK: u64 = 1 << 16;

/// Where commands come from. The same source with the same outcomes gives the same commands.
pub trait Source: Clone {
    /// Why a run can fail: a mistake that shows only while it runs.
    type Error: Clone;

    /// The next command, the end, or a mistake. `state` is the machine's before the step.
    fn next(&mut self, state: &State) -> Next<Self::Error>;

    /// What the command came to.
    fn finished(&mut self, outcome: &Outcome);
}

/// What a source says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Next<E> {
    /// Do this.
    Command(Command),
    /// That was all.
    End,
    /// The run cannot go on.
    Failed(E),
}

/// A list of commands is a source.
#[derive(Clone, Debug)]
pub struct Listed {
    commands: Rc<[Command]>,
    done: usize,
}

impl Listed {
    /// Commands to be carried out in order.
    pub fn new(commands: impl Into<Rc<[Command]>>) -> Self {
        Self { commands: commands.into(), done: 0 }
    }
}

impl Source for Listed {
    type Error = std::convert::Infallible;

    fn next(&mut self, _: &State) -> Next<Self::Error> {
        let Some(command) = self.commands.get(self.done) else { return Next::End };
        self.done += 1;
        Next::Command(command.clone())
    }

    fn finished(&mut self, _: &Outcome) {}
}

/// A machine and its source between two steps.
#[derive(Clone, Debug)]
pub struct Moment<S> {
    /// The machine.
    pub machine: Machine,
    /// Where it stands in its source.
    pub source: S,
}

/// One step, seen whole.
#[derive(Clone, Debug)]
pub struct Observed<S> {
    /// Just before.
    pub before: Moment<S>,
    /// Just after.
    pub after: Moment<S>,
    /// What was asked.
    pub command: Command,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What it came to.
    pub outcome: Outcome,
}

impl<S> Observed<S> {
    /// The state after the first `count` events of the step.
    pub fn after_events(&self, count: usize) -> State {
        let mut state = self.before.machine.state().clone();
        self.events[..count.min(self.events.len())].iter().for_each(|event| state.apply(event));
        state
    }

    /// What the step counted.
    pub fn counters(&self) -> Counters {
        self.after.machine.state().step_counters()
    }
}

/// How far a run has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Progress<E> {
    /// There may be more.
    Running,
    /// The source has ended.
    Ended,
    /// The source found a mistake after the last step.
    Failed(E),
}

impl<S: Source> Moment<S> {
    /// The number of steps that lie behind.
    pub fn step(&self) -> u64 {
        self.machine.state().steps()
    }

    /// Takes the next step, if there is one.
    pub fn advance<R: Recorder>(&mut self, recorder: &mut R) -> Result<(Command, Outcome), Progress<S::Error>> {
        match self.source.next(self.machine.state()) {
            Next::Command(command) => {
                let outcome = self.machine.step(&command, recorder);
                self.source.finished(&outcome);
                Ok((command, outcome))
            }
            Next::End => Err(Progress::Ended),
            Next::Failed(error) => Err(Progress::Failed(error)),
        }
    }

    /// The same with nobody watching; says only whether the step failed or was refused.
    #[inline]
    fn advance_alone(&mut self) -> Result<Verdict, Progress<S::Error>> {
        match self.source.next(self.machine.state()) {
            Next::Command(command) => {
                let outcome = self.machine.run(&command);
                self.source.finished(&outcome);
                Ok(Verdict::of_outcome(&outcome))
            }
            Next::End => Err(Progress::Ended),
            Next::Failed(error) => Err(Progress::Failed(error)),
        }
    }
}

/// A run that can be gone through in any direction.
#[derive(Clone, Debug)]
pub struct Timeline<S: Source> {
    /// Ascending; the first is the start.
    checkpoints: Vec<Moment<S>>,
    /// Steps from one checkpoint to the next.
    spacing: u64,
    /// The last checkpoint's step, though it may not be kept any more.
    checkpointed: u64,
    /// Accesses and copied bytes up to it.
    worked: u64,
    /// The farthest point that has been run to.
    front: Moment<S>,
    progress: Progress<S::Error>,
    cursor: Moment<S>,
    series: Series,
}

impl<S: Source> Timeline<S> {
    /// A run at its start. For a policy that must know the future it is run once beforehand, up to `limit` steps.
    ///
    /// # Errors
    /// If the world cannot be set up.
    pub fn new(mut setup: Setup, source: S, limit: u64) -> Result<Self, SetupError> {
        if setup.config.policy.needs_future() {
            setup.future = Rc::new(foresee(&setup, source.clone(), limit)?);
        }
        let start = Moment { machine: Machine::new(setup)?, source };
        Ok(Self {
            checkpoints: vec![start.clone()],
            spacing: spacing_for(start.machine.state()),
            checkpointed: 0,
            worked: 0,
            front: start.clone(),
            progress: Progress::Running,
            cursor: start,
            series: Series::default(),
        })
    }

    /// Runs on for at most `steps` steps. How it is sliced does not change what comes out.
    pub fn run(&mut self, steps: u64) -> &Progress<S::Error> {
        let end = self.len().saturating_add(steps);
        while matches!(self.progress, Progress::Running) && self.len() < end {
            self.run_stretch(end);
        }
        &self.progress
    }

    /// Runs to the end, or to `limit` steps in all.
    pub fn run_to_end(&mut self, limit: u64) -> &Progress<S::Error> {
        self.run(limit.saturating_sub(self.len()))
    }

    /// Runs as many steps on end as go into one bucket of the series and need no checkpoint between them, so that what
    /// history costs is paid once a stretch and not once a step.
    fn run_stretch(&mut self, end: u64) {
        let (from, before) = (self.len(), self.front.machine.state().totals());
        let end = end.min(from + self.series.room()).min(self.checkpointed + self.spacing);
        let gravest = self.advance_to(end);
        let state = self.front.machine.state();
        let (ran, totals) = (state.steps() - from, state.totals());
        if ran > 0 {
            self.series.push(ran, Bucket::of_steps(gravest, &totals.since(&before), state.used_frames()));
            self.consider_checkpoint(work_of(&totals));
        }
    }

    /// Runs to a step, or until there was much work; the gravest of what the steps came to.
    fn advance_to(&mut self, end: u64) -> Verdict {
        let mut gravest = Verdict::Quiet;
        let mut left = end - self.len();
        while left > 0 {
            let breath = left.min(LEAST_SPACING);
            for _ in 0..breath {
                match self.front.advance_alone() {
                    Ok(verdict) => gravest = gravest.max(verdict),
                    Err(progress) => {
                        self.progress = progress;
                        return gravest;
                    }
                }
            }
            left -= breath;
            // Only steps on the long way can be long ones, and what those counted is added up.
            if work_of(&self.front.machine.state().totals).saturating_sub(self.worked) >= self.much_work() {
                break;
            }
        }
        gravest
    }

    fn consider_checkpoint(&mut self, worked: u64) {
        let state = self.front.machine.state();
        if state.steps() < self.checkpointed + self.spacing && worked - self.worked < self.much_work() {
            return;
        }
        self.worked = worked;
        self.checkpointed = state.steps();
        self.spacing = self.spacing.max(spacing_for(state));
        self.checkpoints.push(self.front.clone());
        self.thin_out();
    }

    /// Work after which there is a checkpoint before its time.
    fn much_work(&self) -> u64 {
        MUCH_WORK.max(self.spacing)
    }

    /// Keeps every other checkpoint, about, until there are few enough.
    fn thin_out(&mut self) {
        let each = self.front.machine.state().heap_bytes().max(1);
        let most = (CHECKPOINT_BYTES / each).clamp(8, MAX_CHECKPOINTS);
        while self.checkpoints.len() > most {
            self.spacing *= 2;
            let spacing = self.spacing;
            let mut next = 0;
            self.checkpoints.retain(|checkpoint| {
                let keep = checkpoint.step() >= next;
                next = if keep { checkpoint.step() + spacing } else { next };
                keep
            });
        }
    }

    /// Steps that have been run.
    pub fn len(&self) -> u64 {
        self.front.step()
    }

    /// Whether nothing has been run.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there may be more to run.
    pub fn progress(&self) -> &Progress<S::Error> {
        &self.progress
    }

    /// The farthest point that has been run to.
    pub fn front(&self) -> &Moment<S> {
        &self.front
    }

    /// The run's shape, for charts and the time bar.
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// Checkpoints kept at present.
    pub fn checkpoints(&self) -> usize {
        self.checkpoints.len()
    }

    /// About how much memory the history takes beside the present, in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.checkpoints.iter().map(|checkpoint| checkpoint.machine.state().heap_bytes()).sum()
    }

    /// Where the last [`seek`](Self::seek) went.
    pub fn cursor(&self) -> &Moment<S> {
        &self.cursor
    }

    /// Goes to the moment after `step` steps; beyond what has been run it stays at the front.
    pub fn seek(&mut self, step: u64) -> &Moment<S> {
        let step = step.min(self.len());
        let at = self.checkpoints.partition_point(|checkpoint| checkpoint.step() <= step);
        let nearest = &self.checkpoints[at - 1];
        let here = self.cursor.step();
        if here > step || here < nearest.step() {
            self.cursor = nearest.clone();
        }
        while self.cursor.step() < step {
            if self.cursor.advance_alone().is_err() {
                unreachable!("a replay goes as the run went");
            }
        }
        &self.cursor
    }

    /// Takes step number `step` (from 1) again and watches; the cursor is after it then. `None` if it was not run.
    pub fn observe(&mut self, step: u64) -> Option<Observed<S>> {
        if step == 0 || step > self.len() {
            return None;
        }
        let before = self.seek(step - 1).clone();
        let mut events = Vec::new();
        let (command, outcome) = self.cursor.advance(&mut events).ok()?;
        Some(Observed { before, after: self.cursor.clone(), command, events, outcome })
    }
}

/// Steps between two checkpoints of machines of this size, at the least.
fn spacing_for(state: &State) -> u64 {
    (state.heap_bytes() as u64 / BYTES_A_STEP).next_multiple_of(LEAST_SPACING).max(LEAST_SPACING)
}

fn work_of(totals: &Counters) -> u64 {
    totals.accesses + totals.copied_bytes
}

/// Writes down which page is used when, for OPT. Which pages a program uses does not depend on the policy, so any
/// other will do for this run.
fn foresee<S: Source>(setup: &Setup, source: S, limit: u64) -> Result<Future, SetupError> {
    let mut setup = setup.clone();
    setup.config = setup.config.with_policy(PolicyKind::Lru);
    let mut moment = Moment { machine: Machine::new(setup)?, source };
    let mut foresight = Foresight::default();
    for _ in 0..limit {
        if moment.advance(&mut foresight).is_err() {
            break;
        }
    }
    Ok(foresight.0)
}

#[derive(Default)]
struct Foresight(Future);

impl Recorder for Foresight {
    const ON: bool = true;

    fn record(&mut self, state: &State, event: Event) {
        match event {
            Event::AccessDone { pid, va, pfn: Some(pfn), .. } => {
                self.0.note(page_key(state, pfn, Some((pid, state.format().vpn(va)))));
            }
            Event::FrameUsed { pfn } => self.0.note(page_key(state, pfn, None)),
            _ => {}
        }
    }
}

fn page_key(state: &State, pfn: Pfn, by: Option<(Pid, Vpn)>) -> Option<PageKey> {
    let frame = state.frame(pfn);
    match frame.holds() {
        Holds::Object { object, page } => Some(PageKey::Object(object, page)),
        Holds::Anon => {
            let mapper = by.or_else(|| frame.mappers().first().map(|mapper| (mapper.pid, mapper.vpn)));
            mapper.map(|(pid, vpn)| PageKey::Private(pid, vpn))
        }
        Holds::Free | Holds::Taken | Holds::Table(_) | Holds::Raw => None,
    }
}
