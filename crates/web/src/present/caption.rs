//! The one sentence of the moment. The live region speaks exactly the caption.

use super::verdict_words;
use crate::store::session::Session;
use vmcore::event::Actor;
use vmcore::outcome::{LookupEnd, Outcome};

/// The sentence of the moment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Caption {
    /// What the author of the script says of the step, if anything.
    pub note: Option<String>,
    /// What happened just now: of the part shown, or of the whole step.
    pub fact: String,
}

impl Caption {
    /// All of it, as it is spoken.
    pub fn spoken(&self) -> String {
        match &self.note {
            Some(note) => format!("{} {note}", self.fact),
            None => self.fact.clone(),
        }
    }
}

/// Who acts, as a word.
pub fn actor_word(actor: Actor) -> &'static str {
    match actor {
        Actor::Cpu => "CPU",
        Actor::Mmu => "MMU",
        Actor::Kernel => "kernel",
        Actor::Disk => "disk",
        Actor::Device => "device",
    }
}

/// The caption of where the session stands.
pub fn caption(session: &Session) -> Caption {
    let Some(step) = session.step() else {
        let fact = format!("{}. Before the first step.", session.title().trim_end_matches('.'));
        return Caption { note: None, fact };
    };
    let note = (!session.notes().is_empty()).then(|| session.notes().join(" "));
    let who = &step.process;
    if let Some(part) = session.part() {
        let fact = format!("{}: {}", capital(actor_word(part.actor)), part.text);
        return Caption { note: None, fact };
    }
    let result = session.outcome().map(result).unwrap_or_default();
    let fact = format!("{who}: {} — {}{result}.", step.text, verdict_words(session.verdict()));
    Caption { note, fact }
}

/// A word of the app's own as a sentence begins with it. The letters of other alphabets would bring the tables of
/// Unicode along, which are larger than all of the words.
pub(crate) fn capital(word: &str) -> String {
    let mut word = word.to_owned();
    word.get_mut(..1).map(str::make_ascii_uppercase);
    word
}

/// What a step came to, in words that follow the verdict.
pub fn result(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Ok | Outcome::Loaded(_) => String::new(),
        Outcome::Value(value) => match u8::try_from(*value) {
            Ok(byte) if byte.is_ascii_graphic() => format!(", value {value} '{}'", char::from(byte)),
            _ => format!(", value {value}"),
        },
        Outcome::Address(address) => format!(", at {address}"),
        Outcome::Bytes(bytes) if bytes.is_empty() => ", end of file".to_owned(),
        Outcome::Bytes(bytes) => format!(", {}", quoted(bytes)),
        Outcome::Resident(pages) => {
            format!(", {} of {} pages in memory", pages.iter().filter(|&&page| page).count(), pages.len())
        }
        Outcome::Errno(errno) => format!(", {}", errno.name()),
        Outcome::Signal(signal) => {
            format!(", {} ({}) at {}", signal.code.signal(), signal.code.code(), signal.address)
        }
        Outcome::Translated(lookup) => match lookup.end {
            LookupEnd::At(physical) => format!(", physical {physical}"),
            LookupEnd::Fault(cause) => format!(", {}", cause.name()),
        },
    }
}

/// Bytes as a string, what cannot be printed as a dot, cut where it becomes too long to be read.
fn quoted(bytes: &[u8]) -> String {
    const SHOWN: usize = 24;
    let printable = |&byte: &u8| if (b' '..0x7f).contains(&byte) { char::from(byte) } else { '·' };
    let text: String = bytes.iter().take(SHOWN).map(printable).collect();
    let more = if bytes.len() > SHOWN { "…" } else { "" };
    format!("\"{text}{more}\"")
}
