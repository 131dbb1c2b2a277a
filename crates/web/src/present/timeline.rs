//! The run's shape in a bounded number of bars, and where in it we are.

use super::{verdict_class, verdict_words};
use crate::store::model::{Model, Speed};
use crate::store::session::Session;
use vmcore::series::{Bucket, Verdict};

/// Most bars: more cannot be told apart on the widest screen.
const MAX_BARS: usize = 320;

/// The time bar.
#[derive(Clone, PartialEq, Debug)]
pub struct TimelineView {
    /// Steps run so far.
    pub len: u64,
    /// Whether there will be more.
    pub running: bool,
    /// The step shown.
    pub step: u64,
    /// Inside a step: the part shown, of how many.
    pub part: Option<(u32, u32)>,
    /// The bars.
    pub bars: Vec<Bar>,
    /// Steps of one bar.
    pub bar_steps: u64,
    /// Whether it plays.
    pub playing: bool,
    /// How fast.
    pub speed: Speed,
    /// Nothing lies ahead.
    pub at_end: bool,
    /// What keeps the run from going on.
    pub failure: Option<String>,
}

/// Some steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bar {
    /// Its class: that of the gravest verdict, or `ahead` where none is told before a question is answered.
    pub class: &'static str,
    /// Whether a question is put before one of its steps.
    pub asks: bool,
    /// Whether one of its steps was not as expected.
    pub fails: bool,
}

/// The time bar of a session.
pub fn timeline(model: &Model, session: &Session) -> TimelineView {
    let here = session.position();
    let untold = session.untold_from(|question| model.ui.answers.of(question).is_some());
    let (bars, bar_steps) = bars(session, untold.unwrap_or(u64::MAX));
    TimelineView {
        len: session.len(),
        running: session.is_running(),
        step: model.pending.scrub.unwrap_or(here.step),
        part: here.part.map(|part| (part, session.parts().len() as u32)),
        bars,
        bar_steps,
        playing: model.ui.playing,
        speed: model.ui.speed,
        at_end: session.is_at_end(),
        failure: session.failure().map(|failure| failure.message.clone()),
    }
}

/// The bars, and how many steps each stands for. Those with a step from `untold` on are grey.
fn bars(session: &Session, untold: u64) -> (Vec<Bar>, u64) {
    let series = session.series();
    let joined = series.buckets().len().div_ceil(MAX_BARS).max(1);
    let width = series.width() * joined as u64;
    let worst = |buckets: &[Bucket]| buckets.iter().map(|bucket| bucket.worst).max().unwrap_or(Verdict::Quiet);
    let bar = |(index, buckets): (usize, &[Bucket])| {
        let first = index as u64 * width + 1;
        let steps = first..first + width;
        let told = steps.end <= untold;
        Bar {
            class: if told { verdict_class(worst(buckets)) } else { "ahead" },
            asks: session.asks_in(steps.clone()),
            fails: told && session.fails_in(steps),
        }
    };
    (series.buckets().chunks(joined).enumerate().map(bar).collect(), width)
}

impl TimelineView {
    /// Where we are, in words: "step 6 of 46, part 6 of 9".
    pub fn place(&self) -> String {
        let len = if self.running { format!("{}…", self.len) } else { self.len.to_string() };
        match self.part {
            Some((part, parts)) => format!("step {} of {len}, part {part} of {parts}", self.step),
            None => format!("step {} of {len}", self.step),
        }
    }

    /// What the bar at the present step says, for the slider's value.
    pub fn spoken(&self) -> String {
        let bar = self.step.checked_sub(1).and_then(|index| self.bars.get((index / self.bar_steps) as usize));
        match bar {
            // Inside a step how it will end is not told before it does.
            Some(bar) if self.bar_steps == 1 && self.part.is_none() && bar.class != "ahead" => {
                format!("{}, {}", self.place(), words(bar.class))
            }
            _ => self.place(),
        }
    }
}

fn words(class: &str) -> &'static str {
    let all =
        [Verdict::Quiet, Verdict::Hit, Verdict::Minor, Verdict::Cow, Verdict::Major, Verdict::Failed, Verdict::Refused];
    all.into_iter().find(|verdict| verdict_class(*verdict) == class).map_or("", verdict_words)
}
