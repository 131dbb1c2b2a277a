//! The script's lines, each with the verdict of the last time it ran.
//!
//! Shown are steps and loops; what describes the machine, what is said and what is expected is in the text, one tab
//! away.

use super::log::When;
use super::{Badge, verdict_class, verdict_words};
use crate::store::session::{Session, Taken};
use script::ast::{Block, StatementKind};
use script::run::StepInfo;
use std::rc::Rc;
use vmcore::series::Verdict;

/// The script.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ProgramView {
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// The byte at which it begins; what makes it this line.
    pub start: u32,
    /// Its number in the text.
    pub number: usize,
    /// How deep it stands in loops.
    pub depth: u8,
    /// What it is.
    pub kind: LineKind,
    /// What it says.
    pub text: Rc<str>,
    /// Whether it lies behind, is the present one, or is still to come.
    pub when: When,
    /// Class and words of the verdict.
    pub verdict: Option<(&'static str, &'static str)>,
    /// How often it has run, where that is more than once.
    pub times: Option<usize>,
    /// The step that clicking it leads to: the first of its runs that lies ahead, else its last.
    pub step: Option<u64>,
    /// Whether a question is put before it.
    pub asks: bool,
    /// Expectations that did not hold.
    pub failed: Vec<String>,
}

/// What a line is.
#[derive(Clone, PartialEq, Debug)]
pub enum LineKind {
    /// A step of this process.
    Step(Badge),
    /// The head of a loop, or its end.
    Loop,
}

/// What has run of a statement.
#[derive(Default)]
struct Runs {
    done: usize,
    verdict: Option<Verdict>,
    last: Option<u64>,
    next: Option<u64>,
    asks: bool,
}

/// The lines of the session's script.
pub fn program(session: &Session) -> ProgramView {
    let infos: Vec<_> = session.program().steps().collect();
    let mut writer = Writer { session, runs: runs(session, &infos), lines: Vec::new(), infos };
    writer.block(&session.script().body, 0);
    ProgramView { lines: writer.lines }
}

/// What has run of each statement, in the order of the program's steps.
fn runs(session: &Session, infos: &[&StepInfo]) -> Vec<Runs> {
    let here = session.position().step;
    let mut runs: Vec<Runs> = infos.iter().map(|_| Runs::default()).collect();
    for (step, taken) in (1..).zip(session.taken()) {
        if let Some(at) = index_of(infos, taken.start) {
            runs[at].note(step, taken, here, session.is_inside());
        }
    }
    // Beyond what was noted of every step only the present one is known, and nothing old is said of the others.
    if let Some(step) = session.step().filter(|_| here > session.taken().len() as u64) {
        runs.iter_mut().for_each(|run| (run.done, run.verdict) = (0, None));
        if let Some(at) = index_of(infos, step.span.start) {
            runs[at].verdict = (!session.is_inside()).then(|| session.verdict());
            runs[at].last = Some(here);
        }
    }
    runs
}

/// The steps stand in the order of the text.
fn index_of(infos: &[&StepInfo], start: u32) -> Option<usize> {
    infos.binary_search_by_key(&start, |info| info.span.start).ok()
}

impl Runs {
    fn note(&mut self, step: u64, taken: &Taken, here: u64, inside: bool) {
        self.asks |= taken.question.is_some();
        if step > here {
            self.next.get_or_insert(step);
            return;
        }
        self.done += 1;
        self.last = Some(step);
        self.verdict = (step < here || !inside).then_some(taken.verdict);
    }
}

struct Writer<'s> {
    session: &'s Session,
    infos: Vec<&'s StepInfo>,
    runs: Vec<Runs>,
    lines: Vec<Line>,
}

impl Writer<'_> {
    fn block(&mut self, block: &Block, depth: u8) {
        for statement in block.iter() {
            let (start, end) = (statement.span.start, statement.span.end);
            match &statement.node {
                StatementKind::Step(_) => self.step(start, depth),
                StatementKind::For(looped) => self.looped(start, end, &looped.body, depth),
                StatementKind::Repeat(looped) => self.looped(start, end, &looped.body, depth),
                _ => {}
            }
        }
    }

    fn looped(&mut self, start: u32, end: u32, body: &Block, depth: u8) {
        let text = &self.session.text()[start as usize..end as usize];
        let head = text.split('{').next().unwrap_or(text).trim_end();
        let values = self.values_of(start, end);
        self.bare(start, depth, format!("{head}{values}"));
        self.block(body, depth + 1);
    }

    /// The loop's variable now, if the present step stands in it.
    fn values_of(&self, start: u32, end: u32) -> String {
        let Some(step) = self.session.step() else { return String::new() };
        if step.span.start < start || step.span.end > end {
            return String::new();
        }
        let head = &self.session.text()[start as usize..end as usize];
        let Some(name) = head.strip_prefix("for").and_then(|rest| rest.split_whitespace().next()) else {
            return String::new();
        };
        let value = self.session.loop_variables().into_iter().find(|(known, _)| &**known == name);
        value.map(|(name, value)| format!("   {name} = {value}")).unwrap_or_default()
    }

    fn bare(&mut self, start: u32, depth: u8, text: String) {
        self.lines.push(Line {
            start,
            number: 0,
            depth,
            kind: LineKind::Loop,
            text: text.into(),
            when: When::Past,
            verdict: None,
            times: None,
            step: None,
            asks: false,
            failed: Vec::new(),
        });
    }

    fn step(&mut self, start: u32, depth: u8) {
        let Some(at) = index_of(&self.infos, start) else { return };
        let (info, runs) = (self.infos[at], &self.runs[at]);
        let here = self.session.position().step;
        let is_now = here > 0 && runs.last == Some(here);
        let when = match runs.last {
            _ if is_now => When::Now,
            Some(_) => When::Past,
            None => When::Future,
        };
        let failed = runs.last.into_iter().flat_map(|step| self.session.failed_at(step));
        let failed = failed.map(|failed| format!("expected {}, found {}", failed.expected, failed.got)).collect();
        self.lines.push(Line {
            start,
            number: info.line,
            depth,
            kind: LineKind::Step(self.session.badge(&info.process)),
            text: Rc::clone(&info.text),
            when,
            verdict: runs.verdict.map(|verdict| (verdict_class(verdict), verdict_words(verdict))),
            times: (runs.done > 1).then_some(runs.done),
            step: runs.next.or(runs.last),
            asks: runs.asks,
            failed,
        });
    }
}
