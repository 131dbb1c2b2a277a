//! Which access the picture is about: whose, where, what for, and how far its translation has come.

use super::happened;
use crate::seam::Look;
use vmcore::command::Command;
use vmcore::event::{Event, FaultCause};
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
}

impl Access {
    /// The latest access among what has been shown; before that, the one that the command announces.
    pub(crate) fn of(look: &Look) -> Option<Self> {
        let mut found: Option<Self> = None;
        let shown = happened::shown(look);
        let first = happened::end(look) - shown.len();
        for (event, at) in shown.iter().zip(first..) {
            follow(&mut found, event, look, at);
        }
        found.or_else(|| announced(look))
    }

    fn new(look: &Look, pid: Pid, va: VirtAddr, kind: AccessKind) -> Self {
        let vpn = look.now.format().vpn(va);
        Self { pid, va, vpn, kind, read: 0, hit: None, fault: None, coming: None, done: false }
    }

    /// The frame that the walk has reached, as far as it has come.
    pub(crate) fn target(&self, state: &State) -> Option<Pfn> {
        let walked = self.read == state.format().levels.len() || self.hit.is_some() || self.done;
        let entry = super::tables::entry(state, self.pid, self.vpn);
        entry.pfn().filter(|_| walked && entry.is_present())
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
