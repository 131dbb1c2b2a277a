//! Going on to the next fault, the next eviction, the next question.
//!
//! What the time bar knows is asked first: which steps hold no fault, and which of the first steps have a question.
//! Where it does not know, the run is taken again from there and watched, for so long as nobody has to wait for it.

use super::trace::Trace;
use super::{Session, shown};
use crate::store::position::Position;
use vmcore::event::Event;
use vmcore::outcome::{Counters, Outcome};
use vmcore::series::{Bucket, Series, Verdict};

/// Most that is watched in one search, steps and events counted alike: about a quarter of a second.
const WATCHED: usize = 500_000;

/// What one can go on to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Landmark {
    /// A step with a fault, served or refused.
    Fault,
    /// A step that evicts a page.
    Eviction,
    /// A question, which stands before its step.
    Question,
}

/// What a search came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// It is here.
    At(Position),
    /// None up to here, and beyond was not looked.
    NotBy(u64),
    /// None to the end.
    Nowhere,
}

impl Landmark {
    /// What it is called, after "no".
    pub fn word(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Eviction => "eviction",
            Self::Question => "question",
        }
    }

    /// The first step from `step` on that may have one, as far as is known without watching.
    fn first_chance(self, step: u64, series: &Series, trace: &Trace) -> u64 {
        match self {
            Self::Fault => {
                let bar = (step - 1) / series.width();
                let ahead = series.buckets().get(bar as usize..).unwrap_or(&[]);
                match ahead.iter().position(has_fault) {
                    Some(bars) => step.max((bar + bars as u64) * series.width() + 1),
                    None => series.steps() + 1,
                }
            }
            Self::Eviction => step,
            Self::Question => {
                let ahead = trace.taken().get(step as usize - 1..).unwrap_or(&[]);
                step + ahead.iter().position(|taken| taken.question.is_some()).unwrap_or(ahead.len()) as u64
            }
        }
    }

    /// Whether a step has it.
    fn is_in(self, step: &Watched) -> bool {
        match self {
            Self::Fault => is_fault(Verdict::of(step.outcome, &step.counters)),
            Self::Eviction => step.events.iter().any(|event| matches!(event, Event::FrameFreed { evicted: true, .. })),
            Self::Question => step.asks,
        }
    }
}

/// A step that was taken again.
struct Watched<'s> {
    outcome: &'s Outcome,
    counters: Counters,
    events: &'s [Event],
    asks: bool,
}

fn has_fault(bucket: &Bucket) -> bool {
    // A call that failed is graver than a fault, and hides it.
    is_fault(bucket.worst) || bucket.minor + bucket.major + bucket.cow > 0
}

fn is_fault(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Minor | Verdict::Cow | Verdict::Major | Verdict::Refused)
}

impl Session {
    /// The next of its kind ahead. A step that is asked about is come to by way of its question.
    pub fn next_landmark(&mut self, what: Landmark) -> Found {
        let here = self.position().step;
        // Within a step it is what comes of the step that lies ahead.
        let first = here + u64::from(!self.is_inside());
        // The question of the step to come is being put already.
        let first = (first + u64::from(what == Landmark::Question)).max(1);
        self.search(what, first, WATCHED)
    }

    /// Looks at the steps from `step` on, watching no more than so much.
    fn search(&mut self, what: Landmark, mut step: u64, mut left: usize) -> Found {
        let here = self.position().step;
        let mut moment = self.timeline.cursor().clone();
        let mut events = Vec::new();
        loop {
            step = what.first_chance(step, self.timeline.series(), &self.trace);
            if step > self.len() {
                return if self.is_running() { Found::NotBy(self.len()) } else { Found::Nowhere };
            }
            if left == 0 {
                return Found::NotBy(step - 1);
            }
            if moment.step() + 1 != step {
                moment = self.timeline.seek(step - 1).clone();
            }
            events.clear();
            let Ok((_, outcome)) = moment.advance(&mut events) else { return Found::NotBy(step - 1) };
            left = left.saturating_sub(1 + events.len());
            let counters = moment.machine.state().step_counters();
            let asks = shown::question(&moment.source).is_some();
            if what.is_in(&Watched { outcome: &outcome, counters, events: &events, asks }) {
                let asked_first = what == Landmark::Question || (asks && here + 1 < step);
                return Found::At(Position::after(step - u64::from(asked_first)));
            }
            step += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::model::MachineChoice;
    use crate::store::session::{MAX_TRACE, Moved};

    fn session(text: &str) -> Session {
        let mut session = Session::start(text.into(), &MachineChoice::default()).expect("a sound script").0;
        while session.is_running() {
            session.run(10_000);
        }
        session
    }

    /// Every place that the key leads to from the start on.
    fn places(session: &mut Session, what: Landmark) -> Vec<u64> {
        let mut places = Vec::new();
        while let Found::At(there) = session.next_landmark(what) {
            session.go(there, Moved::Elsewhere);
            places.push(there.step);
        }
        assert_eq!(session.next_landmark(what), Found::Nowhere);
        places
    }

    /// Two frames, three pages: faults at 2, 3, 5 and 6, evictions at 5 and 6, questions before 3 and 6.
    const SMALL: &str = "machine { frames = 2 }\n\
        A: p = mmap(NULL, 96, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\n\
        A: p[0] = 'a'\n\
        ask \"?\"\nchoice \"no\"\nanswer \"yes\"\n\
        A: p[16] = 'b'\nA: p[0]\nA: p[32] = 'c'\n\
        ask \"?\"\nchoice \"no\"\nanswer \"yes\"\n\
        A: p[16]\nA: p[16]\nA: exit()";

    #[test]
    fn every_fault_eviction_and_question_is_come_to_in_order() {
        let mut small = session(SMALL);
        // A step that is asked about is come to by its question.
        assert_eq!(places(&mut small, Landmark::Fault), [2, 3, 5, 6]);
        small.go(Position::START, Moved::Elsewhere);
        assert_eq!(places(&mut small, Landmark::Eviction), [5, 6]);
        small.go(Position::START, Moved::Elsewhere);
        assert_eq!(places(&mut small, Landmark::Question), [2, 5]);
    }

    #[test]
    fn a_step_that_is_asked_about_is_come_to_by_way_of_its_question() {
        let text =
            SMALL.replace("A: p[0]\n", "A: p[0]\nA: p[0]\n").replace("A: p[32] = 'c'\n", "A: p[32] = 'c'\nA: p[32]\n");
        let mut small = session(&text);
        small.go(Position::after(6), Moved::Elsewhere);
        assert_eq!(
            small.next_landmark(Landmark::Eviction),
            Found::At(Position::after(7)),
            "the question before step 8"
        );
        small.go(Position::after(7), Moved::Elsewhere);
        assert_eq!(small.next_landmark(Landmark::Eviction), Found::At(Position::after(8)));
    }

    #[test]
    fn within_a_step_what_it_comes_to_lies_ahead() {
        let mut small = session(SMALL);
        small.go(Position::inside(5, 1), Moved::Elsewhere);
        assert_eq!(small.next_landmark(Landmark::Fault), Found::At(Position::after(5)));
        assert_eq!(small.next_landmark(Landmark::Question), Found::At(Position::after(5)));
    }

    #[test]
    fn a_search_is_bounded_and_says_how_far_it_came() {
        let mut small = session(SMALL);
        assert_eq!(small.search(Landmark::Eviction, 1, 1), Found::NotBy(1));
        assert_eq!(small.search(Landmark::Eviction, 2, 0), Found::NotBy(1));
    }

    #[test]
    fn what_the_time_bar_knows_need_not_be_watched() {
        let long = "A: p = mmap(NULL, 64, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\nA: p[0]\n\
            repeat 300000 { A: p[0] }\nA: p[16]\nrepeat 10 { A: p[0] }\nask \"?\"\nchoice \"no\"\nanswer \"yes\"\nA: exit()";
        let mut long = session(long);
        assert!(long.len() > MAX_TRACE as u64);
        long.go(Position::after(2), Moved::Elsewhere);
        // No more than the steps of one bar are watched.
        let bar = long.series().width() as usize * 16;
        assert_eq!(long.search(Landmark::Fault, 3, bar), Found::At(Position::after(300_003)));
        assert!(matches!(long.next_landmark(Landmark::Eviction), Found::NotBy(step) if step > 1000));
    }
}
