//! Bringing pages in before anybody touches them: `MAP_POPULATE`, mlock, `MADV_POPULATE_…`. Follows Linux `mm/gup.c`.

use super::calls::Stop;
use crate::event::{Event, Recorder};
use crate::outcome::{Errno, SignalCode};
use crate::process::Vma;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{AccessKind, Pid, Prot, Vpn};

/// Populating more than this is not a lesson but a hang.
const MOST: u64 = 1 << 20;

impl<R: Recorder> Stepper<'_, R> {
    /// For `MAP_POPULATE` and mlock: a writable private mapping as by stores, others as by loads; what faults there are
    /// count as minor even when they read the disk (facts 32 and 33). A page that cannot be had ends it: mmap says
    /// nothing of it, mlock (`strict`) fails.
    pub(crate) fn populate(&mut self, pid: Pid, start: Vpn, pages: u64, strict: bool) -> Result<(), Stop> {
        for vma in self.regions_in(pid, start, pages) {
            let from = vma.start.max(start);
            let count = vma.end().min(start.plus(pages)).since(from);
            match self.populate_region(pid, &vma, from, count) {
                Err(Stop::Errno(_)) if !strict => {}
                done => done?,
            }
        }
        Ok(())
    }

    fn populate_region(&mut self, pid: Pid, vma: &Vma, from: Vpn, pages: u64) -> Result<(), Stop> {
        // There is nothing to be brought in.
        if self.maps_device(vma) {
            return Ok(());
        }
        if vma.prot.is_none() {
            return Err(Errno::NoMemory.into());
        }
        let store = !vma.is_shared() && vma.prot.has(Prot::WRITE);
        for vpn in (0..pages.min(MOST)).map(|i| from.plus(i)) {
            match self.make_present(pid, vpn, store, false) {
                Ok(()) => {}
                Err(SignalCode::KillOom) => return Err(OutOfMemory.into()),
                Err(_) => return Err(Errno::NoMemory.into()),
            }
        }
        Ok(())
    }

    /// `MADV_POPULATE_READ` and `MADV_POPULATE_WRITE`: like touching each page, major faults counted as such.
    pub(crate) fn populate_now(&mut self, pid: Pid, start: Vpn, pages: u64, store: bool) -> Result<(), Stop> {
        let needed = if store { Prot::WRITE } else { Prot::READ };
        for vpn in (0..pages.min(MOST)).map(|i| start.plus(i)) {
            let vma = self.process(pid).vma(vpn).ok_or(Errno::NoMemory)?;
            if !vma.prot.has(needed) || self.maps_device(vma) {
                return Err(Errno::Invalid.into());
            }
            match self.make_present(pid, vpn, store, true) {
                Ok(()) => {}
                Err(SignalCode::KillOom) => return Err(OutOfMemory.into()),
                Err(_) => return Err(Errno::Fault.into()),
            }
        }
        Ok(())
    }

    /// Faults, as often as it takes, until an entry permits the access; `majors` says whether major faults are
    /// counted as such.
    fn make_present(&mut self, pid: Pid, vpn: Vpn, store: bool, majors: bool) -> Result<(), SignalCode> {
        let kind = if store { AccessKind::Store } else { AccessKind::Load };
        let va = self.state.format().address(vpn);
        while !self.state.pte(pid, vpn).permits(store, false) {
            let major = self.fault_in(pid, va, kind, None)? && majors;
            self.emit(Event::FaultServed { pid, vpn, major });
        }
        Ok(())
    }
}
