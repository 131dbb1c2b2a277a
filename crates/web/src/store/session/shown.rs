//! The moment that is shown: a step seen whole, and how much of it has happened.

use crate::seam::{Look, Moving, SubStep};
use crate::store::position::Position;
use script::narrate;
use script::run::{Prompt, Question, Runner};
use std::rc::Rc;
use vmcore::outcome::Outcome;
use vmcore::series::Verdict;
use vmcore::state::State;
use vmcore::timeline::{Moment, Observed, Timeline};

/// How a place is come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moved {
    /// One step or part on: what happens on the way is seen happening.
    Forward,
    /// Any other way: the picture is there at once.
    Elsewhere,
}

/// A moment.
#[derive(Debug)]
pub(super) struct Shown {
    position: Position,
    start: Moment<Runner>,
    /// The present step; none before the first.
    observed: Option<Observed<Runner>>,
    parts: Vec<SubStep>,
    notes: Vec<Rc<str>>,
    question: Option<Rc<Question>>,
    /// The question before the step to come.
    ahead: Option<Rc<Question>>,
    /// The state within the step; none when it is done.
    within: Option<State>,
    moving: Moving,
    revision: u64,
}

impl Shown {
    /// Before the first step.
    pub(super) fn start(timeline: &Timeline<Runner>) -> Self {
        let mut shown = Self {
            position: Position::START,
            start: timeline.front().clone(),
            observed: None,
            parts: Vec::new(),
            notes: Vec::new(),
            question: None,
            ahead: None,
            within: None,
            moving: Moving::Still,
            revision: 0,
        };
        shown.see_ahead();
        shown
    }

    /// Goes to a place: beyond the end is the end, and beyond the last part is the next step's first.
    pub(super) fn go(&mut self, timeline: &mut Timeline<Runner>, to: Position, how: Moved) {
        let from = (self.position, self.events_shown());
        if to.step > timeline.len() {
            self.arrive(timeline, Position::after(timeline.len()));
        } else {
            self.arrive(timeline, to);
        }
        self.moving = match how {
            Moved::Forward if self.position != from.0 => Moving::Forward { since: self.since(from) },
            _ => Moving::Still,
        };
        self.revision += 1;
    }

    /// The first event that is to be seen happening.
    fn since(&self, (from, shown): (Position, usize)) -> usize {
        if from.step == self.position.step { shown.min(self.events_shown()) } else { 0 }
    }

    fn arrive(&mut self, timeline: &mut Timeline<Runner>, to: Position) {
        if to.step != self.position.step || self.observed.is_none() {
            self.observe(timeline, to.step);
        }
        let parts = self.parts.len() as u32;
        let part = to.part.filter(|_| to.step > 0 && parts > 0).map(|part| part.min(parts));
        self.position = Position { step: to.step, part };
        self.within = match (&self.observed, part) {
            (Some(observed), Some(part)) if part < parts => {
                let shown = self.parts[..part as usize].last().map_or(0, |part| part.events.end);
                Some(observed.after_events(shown))
            }
            _ => None,
        };
    }

    fn observe(&mut self, timeline: &mut Timeline<Runner>, step: u64) {
        self.observed = timeline.observe(step);
        (self.parts, self.notes, self.question) = match &self.observed {
            Some(seen) => {
                let parts = narrate::substeps(seen.before.machine.state(), Some(&seen.command), &seen.events);
                (parts, notes(&seen.after.source), question(&seen.after.source))
            }
            None => Default::default(),
        };
        self.position.step = step;
        self.see_ahead();
    }

    /// Looks for a question before the step to come.
    fn see_ahead(&mut self) {
        let moment = match &self.observed {
            Some(seen) => &seen.after,
            None => &self.start,
        };
        self.ahead = moment.source.peek(moment.machine.state()).as_ref().and_then(question);
    }

    pub(super) fn position(&self) -> Position {
        self.position
    }

    pub(super) fn is_inside(&self) -> bool {
        self.within.is_some()
    }

    pub(super) fn parts(&self) -> &[SubStep] {
        &self.parts
    }

    pub(super) fn part(&self) -> Option<&SubStep> {
        self.parts.get((self.position.part? as usize).checked_sub(1)?)
    }

    pub(super) fn notes(&self) -> &[Rc<str>] {
        &self.notes
    }

    pub(super) fn question_here(&self) -> Option<&Rc<Question>> {
        self.question.as_ref()
    }

    pub(super) fn question_ahead(&self) -> Option<&Rc<Question>> {
        self.ahead.as_ref().filter(|_| !self.is_inside())
    }

    pub(super) fn runner(&self) -> Option<&Runner> {
        self.observed.as_ref().map(|seen| &seen.after.source)
    }

    pub(super) fn outcome(&self) -> Option<&Outcome> {
        self.observed.as_ref().map(|seen| &seen.outcome)
    }

    pub(super) fn verdict(&self) -> Verdict {
        self.observed.as_ref().map_or(Verdict::Quiet, |seen| Verdict::of(&seen.outcome, &seen.counters()))
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    fn before(&self) -> &State {
        self.observed.as_ref().map_or(&self.start, |seen| &seen.before).machine.state()
    }

    pub(super) fn now(&self) -> &State {
        match (&self.within, &self.observed) {
            (Some(within), _) => within,
            (None, Some(seen)) => seen.after.machine.state(),
            (None, None) => self.start.machine.state(),
        }
    }

    /// How many events of the present step have happened.
    fn events_shown(&self) -> usize {
        match (&self.observed, self.position.part) {
            (Some(_), Some(part)) if self.is_inside() => {
                self.parts[..part as usize].last().map_or(0, |part| part.events.end)
            }
            (Some(seen), _) => seen.events.len(),
            (None, _) => 0,
        }
    }

    pub(super) fn look(&self, compact: bool) -> Look<'_> {
        Look {
            before: self.before(),
            now: self.now(),
            after: self.observed.as_ref().map_or(&self.start, |seen| &seen.after).machine.state(),
            command: self.observed.as_ref().map(|seen| &seen.command),
            events: self.observed.as_ref().map_or(&[], |seen| &seen.events),
            shown: self.events_shown(),
            part: self.part(),
            parts: &self.parts,
            moving: self.moving,
            compact,
        }
    }
}

fn notes(runner: &Runner) -> Vec<Rc<str>> {
    let note = |prompt: &Prompt| match prompt {
        Prompt::Note(note) => Some(Rc::clone(note)),
        Prompt::Speaker(_) | Prompt::Ask(_) => None,
    };
    runner.prompts().filter_map(note).collect()
}

pub(super) fn question(runner: &Runner) -> Option<Rc<Question>> {
    runner.prompts().find_map(|prompt| match prompt {
        Prompt::Ask(question) => Some(Rc::clone(question)),
        Prompt::Note(_) | Prompt::Speaker(_) => None,
    })
}
