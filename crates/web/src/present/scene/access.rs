//! Which access the picture is about: whose, where, what for, and how far its translation has come.

use super::lit::{Spot, place};
use super::{happened, tables};
use crate::seam::Look;
use vmcore::command::Command;
use vmcore::event::{Event, FaultCause};
use vmcore::pte::Pte;
use vmcore::state::State;
use vmcore::units::{AccessKind, Pfn, Pid, VirtAddr, Vpn};

/// An access, or an address that the kernel touches for a program.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Access {
    pub(crate) pid: Pid,
    pub(crate) va: VirtAddr,
    pub(crate) vpn: Vpn,
    pub(crate) kind: AccessKind,
    /// How many levels the walk of the latest try has read; `None` if it needs none (a TLB hit).
    pub(crate) read: usize,
    /// The TLB's place that was hit in the latest try.
    pub(crate) hit: Option<u32>,
    /// The cause of a fault that is not yet served.
    pub(crate) fault: Option<FaultCause>,
    /// The frame that the kernel has found or taken for the page whose entry is still to be written.
    pub(crate) coming: Option<Pfn>,
    /// The access is over, well.
    pub(crate) done: bool,
    /// It was refused for good.
    pub(crate) refused: bool,
}

impl Access {
    /// The latest access among what has been shown; before that, the one that the command announces.
    pub(crate) fn of(look: &Look) -> Option<Self> {
        // What only asks where an address leads is an access without events of its own.
        let asks = matches!(look.command, Some(Command::Translate { .. }));
        let mut found: Option<Self> = announced(look).filter(|_| asks);
        let shown = happened::shown(look);
        let first = happened::end(look) - shown.len();
        for (event, at) in shown.iter().zip(first..) {
            follow(&mut found, event, look, at);
        }
        found.or_else(|| announced(look))
    }

    fn new(look: &Look, pid: Pid, va: VirtAddr, kind: AccessKind) -> Self {
        let vpn = look.now.format().vpn(va);
        Self { pid, va, vpn, kind, read: 0, hit: None, fault: None, coming: None, done: false, refused: false }
    }

    /// The entry that decides, once it has been read: the copy in the TLB's place that was hit, or the table's own.
    pub(crate) fn decides(&self, state: &State) -> Option<Pte> {
        let copy = self.hit.and_then(|slot| state.tlb().slots()[slot as usize]);
        if let Some(copy) = copy.filter(|copy| copy.pid == self.pid) {
            let huge = copy.pte.is_huge();
            return Some(if huge { copy.pte.small(self.vpn.since(copy.vpn)) } else { copy.pte });
        }
        let walked = || {
            let last = tables::walk(state, self.pid, self.vpn).last().copied();
            last.is_some_and(|step| step.level + 1 == self.read && step.entry.next_table().is_none())
        };
        (self.hit.is_some() || self.done || walked()).then(|| tables::entry(state, self.pid, self.vpn))
    }

    /// The place that the translation has come to, if it permits the access.
    pub(crate) fn place(&self, state: &State) -> Option<Spot> {
        place(state, self.decides(state).filter(|entry| self.passes(*entry))?)
    }

    /// Whether an entry permits the access.
    pub(crate) fn passes(&self, entry: Pte) -> bool {
        entry.permits(self.stores(), self.kind == AccessKind::Fetch)
    }

    /// The frame that its process maps, or is about to map, or believes that it maps since the TLB says so.
    pub(crate) fn claims(&self, state: &State) -> Option<Pfn> {
        self.coming.or_else(|| self.decides(state).filter(|entry| entry.is_present())?.pfn())
    }

    /// Whether the TLB's copy is of an entry that says something else by now.
    pub(crate) fn is_stale(&self, state: &State) -> bool {
        let entry = tables::entry(state, self.pid, self.vpn);
        self.hit.is_some() && self.decides(state).is_some_and(|copy| place(state, copy) != place(state, entry))
    }

    /// Whether the access writes.
    pub(crate) fn stores(&self) -> bool {
        self.kind == AccessKind::Store
    }
}

fn announced(look: &Look) -> Option<Access> {
    match *look.command? {
        Command::Access { pid, va, kind, .. } => Some(Access::new(look, pid, va, kind)),
        Command::LoadRange { pid, va, kind, .. } => Some(Access::new(look, pid, va, kind)),
        Command::StoreBytes { pid, va, .. } => Some(Access::new(look, pid, va, AccessKind::Store)),
        Command::Translate { pid, va, kind } => Some(Access::new(look, pid, va, kind)),
        Command::Call { .. } | Command::Kernel(_) => None,
    }
}

fn follow(found: &mut Option<Access>, event: &Event, look: &Look, at: usize) {
    match (*event, found.as_mut()) {
        (Event::AccessBegan { pid, va, kind }, _) => *found = Some(Access::new(look, pid, va, kind)),
        // The kernel touches a page for a call: there is a fault, but no access of the program's.
        (Event::VmaFound { pid, va, .. }, None) => *found = Some(Access::new(look, pid, va, AccessKind::Load)),
        (Event::VmaFound { pid, va, .. }, Some(now)) if now.va != va => {
            *found = Some(Access::new(look, pid, va, AccessKind::Load));
        }
        (Event::EntryRead { level, .. }, Some(now)) => now.read = usize::from(level) + 1,
        (Event::TlbHit { slot, .. }, Some(now)) => now.hit = Some(slot),
        (Event::FaultRaised { cause, .. }, Some(now)) => now.fault = Some(cause),
        (Event::Retried { .. }, Some(now)) => (now.read, now.hit, now.fault, now.coming) = (0, None, None, None),
        (Event::CacheHit { pfn, .. } | Event::FrameTaken { pfn }, Some(now)) if will_be_mapped(look, at, now, pfn) => {
            now.coming = Some(pfn);
        }
        (Event::PteWritten { new, .. }, Some(now)) if new.pfn().is_some() && new.pfn() == now.coming => {
            now.coming = None;
        }
        (Event::AccessDone { .. }, Some(now)) => now.done = true,
        (Event::SignalRaised { .. }, Some(now)) => now.refused = true,
        (Event::StepEnded { .. }, Some(now)) if matches!(look.command, Some(Command::Translate { .. })) => {
            now.done = now.place(look.now).is_some();
            now.refused = !now.done;
        }
        _ => {}
    }
}

/// Whether one of the step's later events enters the frame for the page of this access.
fn will_be_mapped(look: &Look, at: usize, access: &Access, pfn: Pfn) -> bool {
    let index = look.now.format().index(access.vpn, look.now.format().levels.len() - 1);
    happened::ahead(look, at)
        .iter()
        .any(|event| matches!(*event, Event::PteWritten { index: i, new, .. } if i == index && new.pfn() == Some(pfn)))
}
