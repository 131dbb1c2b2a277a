//! What the frame of the app and the stage in it tell each other: what is drawn, what can be chosen, what is asked.
//!
//! Owns: the types both sides speak. Does not own: how anything looks (`stage`, `present::scene`) or what comes of a
//! request (`store`).

use std::ops::Deref;
use std::rc::Rc;
use vmcore::command::Command;
use vmcore::event::Event;
use vmcore::state::State;
use vmcore::units::{FilePage, ObjectId, Pfn, Pid, SlotId, TableId, VirtAddr, Vpn};

pub use script::narrate::SubStep;

/// Something in the picture that can be chosen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Thing {
    /// A process's card.
    Process(Pid),
    /// A page of an address space.
    Page {
        /// Whose.
        pid: Pid,
        /// Which.
        vpn: Vpn,
    },
    /// A row of a page table.
    Entry {
        /// The table.
        table: TableId,
        /// The row.
        index: u32,
    },
    /// A frame of memory.
    Frame(Pfn),
    /// A page of a file on the disk.
    Block {
        /// The file.
        object: ObjectId,
        /// The page.
        page: FilePage,
    },
    /// A swap slot.
    Slot(SlotId),
    /// An entry of the TLB.
    Tlb(u32),
}

/// What the stage asks of the app.
#[derive(Clone, PartialEq, Debug)]
pub enum StageMsg {
    /// This was chosen, or nothing.
    Choose(Option<Thing>),
    /// A load is wanted here.
    Load {
        /// Whose.
        pid: Pid,
        /// Where.
        va: VirtAddr,
    },
    /// A store is wanted here.
    Store {
        /// Whose.
        pid: Pid,
        /// Where.
        va: VirtAddr,
    },
}

/// What the stage is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Before the current step.
    pub before: &'a State,
    /// What is shown.
    pub now: &'a State,
    /// After the current step.
    pub after: &'a State,
    /// The current step's command; `None` at step 0.
    pub command: Option<&'a Command>,
    /// All events of the current step.
    pub events: &'a [Event],
    /// How many of them have happened in `now`.
    pub shown: usize,
    /// The sub-step just shown; `None` when a whole step is shown at once or before its first part.
    pub part: Option<&'a SubStep>,
    /// All sub-steps of the current step.
    pub parts: &'a [SubStep],
    /// What is to be animated.
    pub moving: Moving,
    /// Phone width: zones are stacked.
    pub compact: bool,
}

/// What has just happened, and is to be seen happening.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moving {
    /// Nothing: after a seek, or backwards.
    Still,
    /// `events[since..shown]` have just happened.
    Forward {
        /// The first of them.
        since: usize,
    },
}

/// A shared value that is compared by where it lies, so that an unchanged one costs nothing to compare.
#[derive(Debug)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Shares `value`.
    pub fn new(value: T) -> Self {
        Self(Rc::new(value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Default> Default for Shared<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}
