//! The events that a picture is made from. A step can have a million; what is told of them is told by the latest, so
//! that drawing one picture takes bounded time.

use crate::seam::{Look, Moving};
use vmcore::event::Event;

/// Events that are looked at.
const MOST: usize = 4096;

/// What has happened in the step so far.
pub(crate) fn shown<'a>(look: &Look<'a>) -> &'a [Event] {
    latest(&look.events[..end(look)])
}

/// What comes next.
pub(crate) fn ahead<'a>(look: &Look<'a>, from: usize) -> &'a [Event] {
    let events = look.events.get(from..).unwrap_or_default();
    &events[..events.len().min(MOST / 8)]
}

/// What is to be seen happening.
pub(crate) fn moving<'a>(look: &Look<'a>) -> &'a [Event] {
    match look.moving {
        Moving::Still => &[],
        Moving::Forward { since } => latest(look.events.get(since..end(look)).unwrap_or_default()),
    }
}

/// What the sub-step just shown is about.
pub(crate) fn part<'a>(look: &Look<'a>) -> &'a [Event] {
    let events = look.part.and_then(|part| look.events.get(part.events.clone()));
    latest(events.unwrap_or_default())
}

/// What has changed since the picture before this one, as far as can be told.
pub(crate) fn fresh<'a>(look: &Look<'a>) -> &'a [Event] {
    match (look.part, look.moving) {
        (Some(_), _) => part(look),
        (None, Moving::Forward { .. }) => moving(look),
        (None, Moving::Still) => shown(look),
    }
}

/// Where the events shown end.
pub(crate) fn end(look: &Look) -> usize {
    look.shown.min(look.events.len())
}

fn latest(events: &[Event]) -> &[Event] {
    &events[events.len().saturating_sub(MOST)..]
}
