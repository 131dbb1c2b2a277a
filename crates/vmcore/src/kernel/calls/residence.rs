//! mlock(2), munlock(2), mincore(2): what stays in memory, and what is there. Follows Linux `mm/mlock.c`, `mm/mincore.c`.

use super::Stop;
use crate::event::{Event, Recorder, VmaFlags};
use crate::outcome::{Errno, Outcome};
use crate::stepper::Stepper;
use crate::units::{Pid, Vpn};

/// Most pages that one mincore tells of.
const MOST_TOLD: u64 = 1 << 20;

impl<R: Recorder> Stepper<'_, R> {
    /// mlock(2) and munlock(2): the pages of a range, wherever in its first page it begins. Facts 32 and 33: locking
    /// brings every page in.
    pub(super) fn lock(&mut self, pid: Pid, addr: u64, len: u64, locked: bool) -> Result<Outcome, Stop> {
        let page_bytes = self.state.page_bytes();
        let end = addr.checked_add(len).ok_or(Errno::Invalid)?;
        let start = Vpn::new(addr / page_bytes);
        let pages = if len == 0 { 0 } else { end.div_ceil(page_bytes) - start.get() };
        if pages == 0 {
            return Ok(Outcome::Ok);
        }
        if self.process(pid).vma(start).is_none() {
            return Err(Errno::NoMemory.into());
        }
        self.cut_edges(pid, start, pages);
        let flagged = self.flag_until_hole(pid, start, pages, locked);
        self.join_regions(pid, start, pages);
        flagged?;
        if locked {
            self.populate(pid, start, pages, true)?;
        }
        Ok(Outcome::Ok)
    }

    fn flag_until_hole(&mut self, pid: Pid, start: Vpn, pages: u64, locked: bool) -> Result<(), Stop> {
        let mut at = start;
        for vma in self.regions_in(pid, start, pages) {
            if vma.start > at {
                return Err(Errno::NoMemory.into());
            }
            let unlocked = vma.flags.without(VmaFlags::LOCKED);
            let flags = if locked && !self.maps_device(&vma) { unlocked.with(VmaFlags::LOCKED) } else { unlocked };
            if flags != vma.flags {
                self.emit(Event::VmaFlagged { pid, start: vma.start, flags });
            }
            at = vma.end();
        }
        if at < start.plus(pages) { Err(Errno::NoMemory.into()) } else { Ok(()) }
    }

    /// mincore(2): of a file what is cached, mapped or not; of other memory what is there.
    pub(super) fn mincore(&mut self, pid: Pid, addr: u64, len: u64) -> Result<Outcome, Stop> {
        let (start, pages) = self.range(addr, len)?;
        if !self.fits(start, pages) || pages > MOST_TOLD {
            return Err(Errno::NoMemory.into());
        }
        let all = (0..pages).map(|i| self.is_resident(pid, start.plus(i)));
        let told: Option<Vec<bool>> = all.collect();
        Ok(Outcome::Resident(told.ok_or(Errno::NoMemory)?))
    }

    /// Whether a page is in memory; `None` where no region is.
    fn is_resident(&self, pid: Pid, vpn: Vpn) -> Option<bool> {
        let vma = self.process(pid).vma(vpn)?;
        let entry = self.state.pte(pid, vpn);
        if let Some(slot) = entry.slot() {
            return Some(self.state.slot(slot).frame().is_some());
        }
        let cached = |object| self.state.object(object).cached(vma.file_page(vpn)).is_some();
        Some(!entry.is_empty() || vma.object.is_some_and(cached))
    }
}
