//! What happened in the present step, part by part, and what has been counted.

use super::caption::{actor_word, result};
use super::{Badge, short_number, verdict_class, verdict_words};
use crate::store::position::Position;
use crate::store::session::Session;
use std::rc::Rc;
use vmcore::event::Actor;

/// What the panel says.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LogView {
    /// The step; nothing before the first.
    pub step: Option<Heading>,
    /// What the script is about; said before the first step.
    pub about: Vec<Rc<str>>,
    /// The parts of the step that have happened.
    pub parts: Vec<Part>,
    /// How many are still to come.
    pub to_come: usize,
    /// What has been counted.
    pub counts: Vec<Count>,
}

/// The step, and what it came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Heading {
    /// Whose step.
    pub badge: Badge,
    /// What it says.
    pub text: Rc<str>,
    /// The verdict, once the step is done.
    pub verdict: Option<(&'static str, String)>,
}

/// One part of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Where clicking it leads.
    pub position: Position,
    /// Who acts: class and word.
    pub actor: (&'static str, &'static str),
    /// What is said.
    pub text: String,
    /// Whether it lies behind or is the one shown.
    pub when: When,
}

/// Where something stands in relation to what is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// It has happened.
    Past,
    /// It has just happened.
    Now,
    /// It has not happened.
    Future,
}

impl When {
    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Past => "is-past",
            Self::Now => "is-now",
            Self::Future => "is-future",
        }
    }
}

/// Something counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    /// What.
    pub label: &'static str,
    /// How it is explained.
    pub title: &'static str,
    /// How much, since the start.
    pub total: String,
    /// How much of it in this step.
    pub added: Option<String>,
}

/// The class of an actor's lane.
pub fn actor_class(actor: Actor) -> &'static str {
    match actor {
        Actor::Cpu => "cpu",
        Actor::Mmu => "mmu",
        Actor::Kernel => "kernel",
        Actor::Disk | Actor::Device => "disk",
    }
}

/// What the panel says of where the session stands.
pub fn log(session: &Session) -> LogView {
    let step = session.step().map(|step| Heading {
        badge: session.badge(&step.process),
        text: Rc::clone(&step.text),
        verdict: (!session.is_inside()).then(|| {
            let verdict = session.verdict();
            let came_to = session.outcome().map(result).unwrap_or_default();
            (verdict_class(verdict), format!("{}{came_to}", verdict_words(verdict)))
        }),
    });
    let about = if step.is_none() { session.about().to_vec() } else { Vec::new() };
    let parts = parts(session);
    let to_come = session.parts().len() - parts.len();
    LogView { step, about, parts, to_come, counts: counts(session) }
}

fn parts(session: &Session) -> Vec<Part> {
    let here = session.position();
    let shown = here.part.map_or(usize::MAX, |part| part as usize);
    let part = |(index, part): (usize, &crate::seam::SubStep)| Part {
        position: Position::inside(here.step, index as u32 + 1),
        actor: (actor_class(part.actor), actor_word(part.actor)),
        text: part.text.clone(),
        when: if index + 1 == shown { When::Now } else { When::Past },
    };
    // What is to come is told when it comes: one shall have the chance to think of it first.
    session.parts().iter().take(shown).enumerate().map(part).collect()
}

fn counts(session: &Session) -> Vec<Count> {
    let state = session.state();
    let (mut totals, step) = (state.totals(), state.step_counters());
    let inside = session.is_inside();
    // Within a step its counts are not in the totals yet, and its cost is not known.
    if inside {
        totals.add(&step);
    }
    let count = |label, title, total: u64, added: u64| Count {
        label,
        title,
        total: short_number(total),
        added: (added > 0 && session.position().step > 0).then(|| format!("+{}", short_number(added))),
    };
    let config = state.config();
    let used = u64::from(config.frames - state.free_frames());
    let disk = |c: &vmcore::outcome::Counters| c.disk_reads + c.disk_writes + c.swap_reads + c.swap_writes;
    vec![
        count("minor", "Faults served without the disk", totals.minor, step.minor),
        count("major", "Faults that had to read the disk", totals.major, step.major),
        count("copies", "Pages copied on write", totals.cow, step.cow),
        count("disk", "Pages read from and written to files and swap", disk(&totals), disk(&step)),
        Count { label: "frames", title: "Frames in use", total: format!("{used}/{}", config.frames), added: None },
        count("cost", "In units of one mapped load", totals.cost, step.cost),
    ]
}
