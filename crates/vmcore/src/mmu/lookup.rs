//! Translation for its own sake: the walk is shown and nothing changes.

use crate::event::{Event, FaultCause, Recorder};
use crate::outcome::{Lookup, LookupEnd, WalkEntry};
use crate::pte::Pte;
use crate::raw;
use crate::state::State;
use crate::stepper::Stepper;
use crate::units::{AccessKind, Pfn, PhysAddr, Pid, VirtAddr};

impl<R: Recorder> Stepper<'_, R> {
    /// Says where an address leads; the entries read are events, so that the walk can be drawn.
    pub(crate) fn look_up(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind) -> Lookup {
        if self.state.format().is_canonical(va) {
            let vpn = self.state.format().vpn(va);
            for step in self.state.walk(pid, vpn) {
                let level = step.level as u8;
                self.emit(Event::EntryRead { table: step.table, index: step.index, level, entry: step.entry });
            }
        }
        self.state.look_up(pid, va, kind)
    }
}

impl State {
    /// Where an address of a living process leads, by its page table alone. A table that a scenario laid out in a frame is
    /// read from that frame's bytes, bit by bit.
    pub fn look_up(&self, pid: Pid, va: VirtAddr, kind: AccessKind) -> Lookup {
        let format = self.format();
        if let Some(root) = self.living(pid).and_then(|process| process.raw_root) {
            return raw::translate(format, root, va, kind, |at| self.raw_entry(at));
        }
        if !format.is_canonical(va) {
            return Lookup { walk: Vec::new(), end: LookupEnd::Fault(FaultCause::NotCanonical) };
        }
        let path = self.walk(pid, format.vpn(va));
        let walk = path.iter().map(|step| WalkEntry { index: step.index, entry: self.encode(step.entry) });
        let entry = path.last().map_or(Pte::EMPTY, |step| step.entry);
        let end = if entry.permits(kind == AccessKind::Store, kind == AccessKind::Fetch) {
            LookupEnd::At(self.physical(self.of_page(entry, format.vpn(va)), va))
        } else if entry.is_present() && entry.is_leaf() {
            LookupEnd::Fault(FaultCause::NotPermitted)
        } else {
            LookupEnd::Fault(FaultCause::NotPresent)
        };
        Lookup { walk: walk.collect(), end }
    }

    /// The place of a byte. What is no frame of the memory lies above it: the zero frame, then devices.
    fn physical(&self, entry: Pte, va: VirtAddr) -> PhysAddr {
        let above = || entry.device_frame().unwrap_or(self.config().frames.into());
        let frame = entry.pfn().map_or_else(above, |pfn| pfn.get().into());
        PhysAddr::new(frame << self.format().offset_bits | self.format().offset(va))
    }

    /// The entry at a physical address, in the byte order of the machine that the format belongs to: the lowest byte
    /// first.
    pub(crate) fn raw_entry(&self, at: PhysAddr) -> Option<u64> {
        let (page, bytes) = (self.page_bytes(), u64::from(self.format().entry_bytes));
        (0..bytes).rev().try_fold(0, |number, i| {
            let place = at.get() + i;
            let frame = usize::try_from(place / page).ok().filter(|&frame| frame < self.frames.len())?;
            Some(number << 8 | u64::from(self.byte(Pfn::new(frame as u32), place % page)))
        })
    }
}
