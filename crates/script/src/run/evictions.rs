//! Which pages left memory in a step, and where they went.

use crate::ast::Fate;
use vmcore::event::{Event, Recorder};
use vmcore::frames::{Holds, Mapper};
use vmcore::state::State;
use vmcore::units::{FilePage, NameId, ObjectId, Pfn};

/// A page that was evicted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Eviction {
    /// The frame that it was in.
    pub pfn: Pfn,
    /// What it was.
    pub page: EvictedPage,
    /// The entries that pointed at it.
    pub mappers: Vec<Mapper>,
    /// Where it went. A page whose copy in swap or on disk was still true is dropped.
    pub fate: Fate,
}

/// What an evicted page was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EvictedPage {
    /// A page of a file or memory object.
    Object {
        /// Which.
        object: ObjectId,
        /// Its name, if it has one.
        name: Option<NameId>,
        /// Which page of it.
        page: FilePage,
    },
    /// A private page.
    Private,
}

/// Listens for evictions, and hands every event on.
pub(super) struct Watch<'w, R> {
    pub(super) evictions: &'w mut Vec<Eviction>,
    pub(super) next: &'w mut R,
}

impl<R: Recorder> Recorder for Watch<'_, R> {
    const ON: bool = true;

    fn record(&mut self, state: &State, event: Event) {
        match event {
            Event::VictimChosen { pfn, .. } => self.evictions.extend(chosen(state, pfn)),
            Event::DiskWritten { pfn, .. } => self.went(pfn, Fate::Written),
            Event::SwapWritten { pfn, .. } => self.went(pfn, Fate::Swapped),
            _ => {}
        }
        if R::ON {
            self.next.record(state, event);
        }
    }
}

impl<R> Watch<'_, R> {
    /// The page in that frame is being evicted if it was the last to be chosen.
    fn went(&mut self, pfn: Pfn, fate: Fate) {
        if let Some(last) = self.evictions.last_mut().filter(|last| last.pfn == pfn) {
            last.fate = fate;
        }
    }
}

fn chosen(state: &State, pfn: Pfn) -> Option<Eviction> {
    let frame = state.frame(pfn);
    let page = match frame.holds() {
        Holds::Object { object, page } => EvictedPage::Object { object, name: state.object(object).name(), page },
        Holds::Anon => EvictedPage::Private,
        Holds::Free | Holds::Taken | Holds::Table(_) | Holds::Raw => return None,
    };
    Some(Eviction { pfn, page, mappers: frame.mappers().to_vec(), fate: Fate::Dropped })
}
