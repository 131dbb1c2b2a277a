//! The story of one step: which events belong together, who acts, and what is said of it.
//!
//! Owns: the grouping of events into sub-steps and their sentences, used alike by the picture's caption, the log and
//! the live region. Does not own: what happened (that is `vmcore`'s).
//!
//! A sentence names its actor first ("kernel", "MMU") by [`SubStep::actor`], is at most about twelve words long, and
//! says one thing.

mod sentence;

pub use sentence::why;

use std::ops::Range;
use vmcore::command::Command;
use vmcore::event::{Actor, Event};
use vmcore::state::State;

/// One part of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubStep {
    /// The events that it covers. The sub-steps of a step cover all of its events, in order.
    pub events: Range<usize>,
    /// Who acts.
    pub actor: Actor,
    /// What is said, without the actor: "reads entry 9: not present."
    pub text: String,
}

/// What is said of an event.
enum Tell {
    /// A sentence of its own. Neighbours with the same topic become one.
    Say(Actor, String, Topic),
    /// Nothing; it belongs to what was said before.
    After,
    /// Nothing; it belongs to what is said next.
    Before,
}

/// Sentences of the same topic that follow each other are told as one, with their count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Topic {
    Alone,
    Probes,
    Pins,
    Entries { pid: u16, change: sentence::Change },
    Bytes,
}

/// The sub-steps of a step: `before` is the state before it. Empty for no events.
pub fn substeps(before: &State, command: Option<&Command>, events: &[Event]) -> Vec<SubStep> {
    let mut state = before.clone();
    let mut story = Story { parts: Vec::new(), topic: Topic::Alone, repeats: 0, held: 0 };
    for (event, index) in events.iter().zip(0..) {
        let tell = sentence::tell(&state, command, event);
        story.add(index, tell);
        state.apply(event);
    }
    story.finish(events.len())
}

struct Story {
    parts: Vec<SubStep>,
    topic: Topic,
    /// How many sentences the last part already stands for, beside its own.
    repeats: usize,
    /// Where the events begin that wait for the next sentence; the present index if none wait.
    held: usize,
}

impl Story {
    fn add(&mut self, index: usize, tell: Tell) {
        match tell {
            Tell::Before => {}
            Tell::After => self.close(index + 1),
            Tell::Say(actor, text, topic) => self.say(index, actor, text, topic),
        }
    }

    /// What was said last covers everything up to `end`; before the first sentence all events wait.
    fn close(&mut self, end: usize) {
        if let Some(last) = self.parts.last_mut() {
            last.events.end = end;
            self.held = end;
        }
    }

    fn say(&mut self, index: usize, actor: Actor, text: String, topic: Topic) {
        if topic != Topic::Alone && topic == self.topic && !self.parts.is_empty() {
            self.repeats += 1;
            self.close(index + 1);
            return;
        }
        self.settle();
        self.topic = topic;
        self.parts.push(SubStep { events: self.held..index + 1, actor, text });
        self.held = index + 1;
    }

    /// Writes into the last sentence how many more it stands for.
    fn settle(&mut self) {
        if let (1.., Some(last)) = (self.repeats, self.parts.last_mut()) {
            last.text = format!("{} And {} more.", last.text, self.repeats);
        }
        self.repeats = 0;
    }

    fn finish(mut self, events: usize) -> Vec<SubStep> {
        self.settle();
        if self.parts.is_empty() && events > 0 {
            let text = "nothing changes.".to_owned();
            self.parts.push(SubStep { events: 0..events, actor: Actor::Kernel, text });
        }
        self.close(events);
        self.parts
    }
}
