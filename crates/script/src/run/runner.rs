//! Where a run stands in its program: the next instruction, the loops around it, the variables of the processes.
//! Cheap to copy, so that it is part of every checkpoint of a timeline.

use super::action::Ready;
use super::code::{Env, Value, Variables};
use super::evictions::Eviction;
use super::expect::{Failed, Scene};
use super::loops::{self, Frame};
use super::program::{Instruction, Program, Prompt, StepInfo};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::validate::MAX_STEPS;
use std::rc::Rc;
use vmcore::outcome::{Counters, Outcome};
use vmcore::sorted::SortedMap;
use vmcore::state::State;
use vmcore::timeline::{Next, Source};

/// What a round of a loop without a step counts, in steps: 100,000 such rounds take a twentieth of a second, and no
/// script needs more.
const EMPTY_ROUND: u64 = 1000;

/// Expectations that failed are kept up to this many.
const MAX_FAILED: usize = 1000;

/// A run's place in its program.
#[derive(Clone, Debug)]
pub struct Runner {
    program: Rc<Program>,
    next: usize,
    frames: Vec<Frame>,
    /// By process.
    variables: Vec<Variables>,
    /// The step that was given out last.
    current: Option<Current>,
    /// What has been said since that step: the next one's prompts.
    prompts: Vec<u32>,
    /// What had been counted when the last `mark` was passed.
    mark: Counters,
    /// Steps, and what counts as such.
    spent: u64,
    checks: Option<Box<Checks>>,
}

#[derive(Clone, Debug)]
struct Current {
    step: u32,
    prompts: Vec<u32>,
}

/// What judging expectations needs beside the machine.
#[derive(Clone, Debug)]
pub(super) struct Checks {
    variant: Option<usize>,
    pub(super) outcome: Outcome,
    pub(super) evictions: Vec<Eviction>,
    /// Checks that held.
    pub(super) held: u64,
    /// Checks that did not.
    pub(super) failed: Vec<Failed>,
    /// Further ones that did not.
    pub(super) more_failed: u64,
}

impl Runner {
    /// At the start of `program`.
    pub fn new(program: Rc<Program>) -> Self {
        let variables = vec![Variables::default(); program.processes.len()];
        Self {
            program,
            next: 0,
            frames: Vec::new(),
            variables,
            current: None,
            prompts: Vec::new(),
            mark: Counters::default(),
            spent: 0,
            checks: None,
        }
    }

    /// The same, judging expectations on the way; `variant` is the one that is run.
    pub(super) fn checking(program: Rc<Program>, variant: Option<usize>) -> Self {
        let checks = Checks {
            variant,
            outcome: Outcome::Ok,
            evictions: Vec::new(),
            held: 0,
            failed: Vec::new(),
            more_failed: 0,
        };
        Self { checks: Some(Box::new(checks)), ..Self::new(program) }
    }

    pub(super) fn checks(&self) -> Option<&Checks> {
        self.checks.as_deref()
    }

    pub(super) fn checks_mut(&mut self) -> Option<&mut Checks> {
        self.checks.as_deref_mut()
    }

    /// The program.
    pub fn program(&self) -> &Rc<Program> {
        &self.program
    }

    /// The step that was taken last; `None` at the start.
    pub fn step(&self) -> Option<&StepInfo> {
        self.current.as_ref().map(|current| &self.program.steps[current.step as usize].info)
    }

    /// What was to be shown or said before that step.
    pub fn prompts(&self) -> impl Iterator<Item = &Prompt> {
        let prompts = self.current.iter().flat_map(|current| &current.prompts);
        prompts.map(|&prompt| &self.program.prompts[prompt as usize])
    }

    /// The runner after it has given out its next step, `state` being the machine's state now; `None` at the end and
    /// at a mistake. Its [`step`](Self::step) and [`prompts`](Self::prompts) are those of the step to come.
    pub fn peek(&self, state: &State) -> Option<Self> {
        let mut ahead = Self { checks: None, ..self.clone() };
        matches!(Source::next(&mut ahead, state), Next::Command(_)).then_some(ahead)
    }

    /// The loop variables in scope, outermost first, with their values.
    pub fn loop_variables(&self) -> impl Iterator<Item = (&Rc<str>, i128)> {
        self.frames.iter().filter_map(|frame| {
            let name = self.program.loops[frame.number as usize].variable.as_ref()?;
            Some((name, frame.value))
        })
    }

    /// The variables of process number `pid` with their values, by name.
    pub fn variables(&self, pid: usize) -> SortedMap<Rc<str>, i128> {
        let bound = self.variables.get(pid).into_iter().flat_map(|variables| variables.iter());
        bound.map(|&(name, value)| (Rc::clone(&self.program.variables[name as usize]), value)).collect()
    }

    fn eval(&self, value: &Value, pid: Option<u16>, page: u64) -> Result<i128, Diagnostic> {
        self.with_env(pid, page, |env| value.eval(env))
    }

    fn with_env<T>(&self, pid: Option<u16>, page: u64, use_it: impl FnOnce(&Env<'_>) -> T) -> T {
        use_it(&Env {
            page,
            loops: &|depth| self.frames[depth as usize].value,
            variables: pid.map(|pid| &self.variables[usize::from(pid)]),
            names: &self.program.variables,
        })
    }

    /// Carries out instructions up to the next step.
    fn run_to_step(&mut self, state: &State) -> Result<Option<Ready>, Diagnostic> {
        let program = Rc::clone(&self.program);
        let page = state.page_bytes();
        while let Some(&instruction) = program.code.get(self.next) {
            self.next += 1;
            match instruction {
                Instruction::Step(step) => return self.give_out(step, page).map(Some),
                Instruction::Prompt(prompt) => self.prompts.push(prompt),
                Instruction::Mark => self.mark = state.totals(),
                Instruction::Expect(expect) => self.judge(expect, state)?,
                Instruction::Enter(number) => self.enter(number, page)?,
                Instruction::Again(number) => self.again(number, page)?,
            }
        }
        Ok(None)
    }

    fn give_out(&mut self, number: u32, page: u64) -> Result<Ready, Diagnostic> {
        let program = Rc::clone(&self.program);
        let step = &program.steps[number as usize];
        let ready = self.with_env(step.pid.or(step.action.subject()), page, |env| step.action.build(step.pid, env))?;
        self.spend(ready.work, step.info.span)?;
        self.current = Some(Current { step: number, prompts: std::mem::take(&mut self.prompts) });
        Ok(ready)
    }

    fn spend(&mut self, work: u64, span: Span) -> Result<(), Diagnostic> {
        self.spent = self.spent.saturating_add(work);
        if self.spent <= MAX_STEPS {
            return Ok(());
        }
        Err(too_many(span))
    }

    fn enter(&mut self, number: u32, page: u64) -> Result<(), Diagnostic> {
        let program = Rc::clone(&self.program);
        let looped = &program.loops[number as usize];
        let entered = self.with_env(None, page, |env| loops::enter(number, looped, env))?;
        self.spend(entered.work, looped.span)?;
        // What cannot end in time is refused before it begins.
        if entered.rounds > u128::from(MAX_STEPS - self.spent) {
            return Err(too_many(looped.span));
        }
        match entered.frame {
            Some(mut frame) => {
                frame.spent = self.spent;
                self.frames.push(frame);
            }
            None => self.next = looped.end,
        }
        Ok(())
    }

    /// The end of a round.
    fn again(&mut self, number: u32, page: u64) -> Result<(), Diagnostic> {
        let program = Rc::clone(&self.program);
        let looped = &program.loops[number as usize];
        let mut frame = self.frames.pop().expect("the loop that ends is the innermost");
        // A round without a step counts too, so that empty loops end; and dearly, as nobody who runs a script step by
        // step can stop in it.
        if self.spent == frame.spent {
            self.spend(EMPTY_ROUND, looped.span)?;
        }
        // The values of a list may speak of the loops around, not of this one.
        if self.with_env(None, page, |env| frame.advance(looped, env))? {
            frame.spent = self.spent;
            self.frames.push(frame);
            self.next = looped.body;
        }
        Ok(())
    }

    /// Judges an expectation about the step before, if expectations are judged and it is meant for this machine.
    fn judge(&mut self, number: u32, state: &State) -> Result<(), Diagnostic> {
        let Some(mut checks) = self.checks.take() else {
            return Ok(());
        };
        let result = self.judge_with(&mut checks, number, state);
        self.checks = Some(checks);
        result
    }

    fn judge_with(&self, checks: &mut Checks, number: u32, state: &State) -> Result<(), Diagnostic> {
        let expectation = &self.program.expects[number as usize];
        if expectation.scope.is_some_and(|scope| scope != checks.variant) {
            return Ok(());
        }
        let Some(current) = &self.current else {
            let span = expectation.checks.first().map_or(Span::default(), |check| check.span);
            let message = "an expectation speaks of the step before it, and none has run";
            return Err(Diagnostic::error(span, message));
        };
        let pid = self.program.steps[current.step as usize].pid;
        let page = state.page_bytes();
        for check in &expectation.checks {
            let scene = Scene {
                state,
                outcome: &checks.outcome,
                evictions: &checks.evictions,
                mark: &self.mark,
                eval: &|value, of| self.eval(value, of.or(pid), page),
            };
            match scene.judge(&check.test)? {
                None => checks.held += 1,
                Some(_) if checks.failed.len() >= MAX_FAILED => checks.more_failed += 1,
                Some(got) => checks.failed.push(Failed {
                    span: check.span,
                    line: expectation.line,
                    step: state.steps(),
                    expected: Rc::clone(&check.text),
                    got,
                }),
            }
        }
        Ok(())
    }
}

fn too_many(span: Span) -> Diagnostic {
    Diagnostic::error(span, format!("the script runs more than {MAX_STEPS} steps"))
        .expected(format!("at most {MAX_STEPS} steps; a step that moves many bytes counts as several"))
}

impl Source for Runner {
    type Error = Diagnostic;

    fn next(&mut self, state: &State) -> Next<Diagnostic> {
        match self.run_to_step(state) {
            Ok(Some(ready)) => Next::Command(ready.command),
            Ok(None) => Next::End,
            Err(diagnostic) => Next::Failed(diagnostic),
        }
    }

    fn finished(&mut self, outcome: &Outcome) {
        let program = Rc::clone(&self.program);
        let Some(current) = &self.current else { return };
        let step = &program.steps[current.step as usize];
        if let (Some(pid), Some(name)) = (step.pid, step.bind) {
            Rc::make_mut(&mut self.variables[usize::from(pid)]).insert(name, outcome.as_integer());
        }
        if let (Some(pid), Outcome::Loaded(loaded)) = (step.pid, outcome) {
            let variables = Rc::make_mut(&mut self.variables[usize::from(pid)]);
            for segment in loaded {
                if let Some(name) = program.bound_by_exec(segment) {
                    variables.insert(name, segment.at.get().into());
                }
            }
        }
        let born = matches!(outcome, Outcome::Value(_));
        if let (Some(parent), Some(child), true) = (step.pid, step.action.child(), born) {
            self.variables[usize::from(child)] = Rc::clone(&self.variables[usize::from(parent)]);
        }
        if step.action.is_power_cut() {
            // Every process is lost; a name begins a new one.
            self.variables.fill(Variables::default());
        }
        if let Some(checks) = &mut self.checks {
            checks.outcome = outcome.clone();
        }
    }
}
