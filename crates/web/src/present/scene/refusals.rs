//! How a refused step ends: which signal or error, and why, said at the page, the gap or the process that it is about.

use super::Caption;
use super::{happened, lit};
use crate::seam::Look;
use vmcore::command::Command;
use vmcore::event::Event;

/// Whether an event ends something in refusal.
pub(super) fn refuses(event: &Event) -> bool {
    matches!(event, Event::SignalRaised { .. } | Event::CallReturned { errno: Some(_), .. } | Event::DmaRefused { .. })
}

/// The end of a whole step that was refused.
pub(super) fn refusal(look: &Look) -> Option<Caption> {
    let shown = happened::shown(look);
    let at = shown.iter().rposition(refuses)?;
    let (before, event) = (&shown[..at], &shown[at]);
    let text = match *event {
        Event::SignalRaised { code, .. } => {
            let why = before.iter().rposition(explains).and_then(|at| said(look, shown, at));
            let why = why.unwrap_or("the entry does not permit it.");
            format!("{} ({}): {why}", code.signal(), code.code())
        }
        Event::CallReturned { errno: Some(errno), .. } => match look.command {
            Some(Command::Call { call, .. }) => format!("{} fails: {errno}.", call.name()),
            _ => format!("{errno}."),
        },
        _ => crate::present::caption::capital(said(look, shown, at)?),
    };
    Some(Caption { actor: "", text, at: lit::spots(event, look.now), refused: true })
}

/// Whether an event is the reason of a signal that follows.
fn explains(event: &Event) -> bool {
    matches!(event, Event::VmaMissing { .. } | Event::VmaForbids { .. } | Event::BeyondEnd { .. })
}

/// What the story says of one of the events shown.
fn said<'a>(look: &Look<'a>, shown: &[Event], at: usize) -> Option<&'a str> {
    let at = happened::end(look) - shown.len() + at;
    look.parts.iter().find(|part| part.events.contains(&at)).map(|part| part.text.as_str())
}
