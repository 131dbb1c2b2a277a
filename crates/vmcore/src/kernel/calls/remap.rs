//! mremap(2). Follows Linux 6.18 `mm/mremap.c`, whose order of checks it keeps.

use super::Stop;
use crate::command::flags;
use crate::event::{Event, Recorder, VmaFlags};
use crate::outcome::{Errno, Outcome};
use crate::process::Vma;
use crate::pte::Pte;
use crate::stepper::Stepper;
use crate::units::{FilePage, Pid, Vpn};

/// A checked request, in pages.
#[derive(Clone, Copy)]
struct Remap {
    pid: Pid,
    start: Vpn,
    old: u64,
    new: u64,
    flags: u64,
    /// Where it must go, with `MREMAP_FIXED`.
    to: Option<Vpn>,
}

impl Remap {
    fn has(&self, flag: u64) -> bool {
        self.flags & flag != 0
    }

    fn overlaps(&self, to: Vpn) -> bool {
        self.start.plus(self.old) > to && to.plus(self.new) > self.start
    }
}

impl<R: Recorder> Stepper<'_, R> {
    /// mremap(2): another length, another place, or both; entries move along, so nothing faults (fact 30).
    pub(super) fn mremap(
        &mut self,
        pid: Pid,
        (addr, old_len, new_len): (u64, u64, u64),
        flag: u64,
        new_addr: u64,
    ) -> Result<Outcome, Stop> {
        let remap = self.checked_remap(pid, (addr, old_len, new_len), flag, new_addr)?;
        let start = match remap.to {
            Some(to) if remap.old == remap.new => self.move_all(remap, to)?,
            _ => self.remap_one(remap)?,
        };
        Ok(Outcome::Address(self.state.format().address(start)))
    }

    fn checked_remap(
        &self,
        pid: Pid,
        (addr, old_len, new_len): (u64, u64, u64),
        flag: u64,
        new_addr: u64,
    ) -> Result<Remap, Errno> {
        let known = flags::MREMAP_MAYMOVE | flags::MREMAP_FIXED | flags::MREMAP_DONTUNMAP;
        let (start, old) = self.range(addr, old_len)?;
        let new = self.state.format().pages_of(new_len);
        if flag & !known != 0 || new == 0 || new > self.state.format().user_pages() {
            return Err(Errno::Invalid);
        }
        let mut remap = Remap { pid, start, old, new, flags: flag, to: None };
        if !remap.has(flags::MREMAP_FIXED | flags::MREMAP_DONTUNMAP) {
            return Ok(remap);
        }
        if !remap.has(flags::MREMAP_MAYMOVE) || remap.has(flags::MREMAP_DONTUNMAP) && old != new {
            return Err(Errno::Invalid);
        }
        if remap.has(flags::MREMAP_FIXED) {
            let (to, _) = self.range(new_addr, 0)?;
            if !self.fits(to, new) || remap.overlaps(to) {
                return Err(Errno::Invalid);
            }
            remap.to = Some(to);
        }
        Ok(remap)
    }

    /// A plain move may span several regions since Linux 6.17; the gaps between them move along.
    fn move_all(&mut self, remap: Remap, to: Vpn) -> Result<Vpn, Stop> {
        let whole = self.regions_in(remap.pid, remap.start, remap.old);
        if whole.first().is_none_or(|vma| vma.start > remap.start) {
            return Err(Errno::Fault.into());
        }
        let end = remap.start.plus(remap.old);
        for vma in whole {
            let start = vma.start.max(remap.start);
            let pages = vma.end().min(end).since(start);
            let to = to.plus(start.since(remap.start));
            self.remap_one(Remap { start, old: pages, new: pages, to: Some(to), ..remap })?;
        }
        Ok(to)
    }

    fn remap_one(&mut self, remap: Remap) -> Result<Vpn, Stop> {
        let vma = self.remappable(&remap)?;
        if remap.has(flags::MREMAP_FIXED | flags::MREMAP_DONTUNMAP) {
            return self.remap_elsewhere(remap);
        }
        let Remap { pid, start, old, new, .. } = remap;
        if new < old {
            self.remove_range(pid, start.plus(new), old - new);
        }
        if new <= old {
            return Ok(start);
        }
        if vma.end() == start.plus(old) && self.is_vacant(pid, vma.end(), new - old) {
            self.extend(pid, &vma, new - old)?;
            return Ok(start);
        }
        if !remap.has(flags::MREMAP_MAYMOVE) {
            return Err(Errno::NoMemory.into());
        }
        let to = self.find_gap(pid, new).ok_or(Errno::NoMemory)?;
        self.move_region(&remap, &vma, to)
    }

    /// The region that may be remapped (`check_prep_vma`).
    fn remappable(&self, remap: &Remap) -> Result<Vma, Errno> {
        let vma = *self.process(remap.pid).vma(remap.start).ok_or(Errno::Fault)?;
        if remap.old == 0 && !vma.is_shared() {
            return Err(Errno::Invalid);
        }
        // The driver has been asked for so many pages and no more (`VM_DONTEXPAND`, `VM_PFNMAP`).
        if self.maps_device(&vma) && remap.has(flags::MREMAP_DONTUNMAP) {
            return Err(Errno::Invalid);
        }
        if self.maps_device(&vma) && remap.new > remap.old {
            return Err(Errno::Fault);
        }
        // What a shrink unmaps may lie anywhere; what stays must be one region's, if anything is done to it.
        let idle = remap.new == remap.old && !remap.has(flags::MREMAP_FIXED | flags::MREMAP_DONTUNMAP);
        let kept = remap.old.min(remap.new);
        if kept > vma.end().since(remap.start) && !idle { Err(Errno::Fault) } else { Ok(vma) }
    }

    fn remap_elsewhere(&mut self, mut remap: Remap) -> Result<Vpn, Stop> {
        let pid = remap.pid;
        if let Some(to) = remap.to {
            self.remove_range(pid, to, remap.new);
        }
        if remap.new < remap.old {
            self.remove_range(pid, remap.start.plus(remap.new), remap.old - remap.new);
            remap.old = remap.new;
        }
        let vma = *self.process(pid).vma(remap.start).ok_or(Errno::Fault)?;
        let to = remap.to.or_else(|| self.find_gap(pid, remap.new)).ok_or(Errno::NoMemory)?;
        self.move_region(&remap, &vma, to)
    }

    /// More pages of the same at its end.
    fn extend(&mut self, pid: Pid, vma: &Vma, pages: u64) -> Result<(), Stop> {
        self.promise(if vma.flags.has(VmaFlags::PROMISED) { pages } else { 0 })?;
        let more = Vma { start: vma.end(), pages, first: vma.first.plus(vma.pages), ..*vma };
        self.add_region(pid, more);
        self.join_regions(pid, more.start, pages);
        if vma.flags.has(VmaFlags::LOCKED) {
            self.populate(pid, more.start, pages, false)?;
        }
        Ok(())
    }

    fn move_region(&mut self, remap: &Remap, vma: &Vma, to: Vpn) -> Result<Vpn, Stop> {
        let Remap { pid, start, old, new, .. } = *remap;
        // Anonymous memory that was never written does not remember where it was.
        self.promise(if vma.flags.has(VmaFlags::PROMISED) { new - old } else { 0 })?;
        let fresh = vma.object.is_none() && !vma.flags.has(VmaFlags::HAD_COPY);
        let first = if fresh { FilePage::new(to.get()) } else { vma.file_page(start) };
        self.add_region(pid, Vma { start: to, pages: new, first, ..*vma });
        // Linux moves a huge page whole if it may; the model moves its pages.
        self.pages_to_change(pid, start, old);
        self.prepare_for(pid, start, old, pid, to)?;
        for (vpn, leaf) in self.pages_to_change(pid, start, old) {
            self.rewrite(pid, vpn, leaf, Pte::EMPTY);
            self.set_pte(pid, to.plus(vpn.since(start)), leaf.entry);
        }
        if remap.has(flags::MREMAP_DONTUNMAP) {
            self.leave_behind(pid, vma, start, old);
        } else if old > 0 {
            self.remove_range(pid, start, old);
        }
        self.join_regions(pid, to, new);
        if vma.flags.has(VmaFlags::LOCKED) && new > old {
            self.populate(pid, to.plus(old), new - old, false)?;
        }
        Ok(to)
    }

    /// `MREMAP_DONTUNMAP`: the region stays, empty and not locked; if all of it moved it is as if never written.
    fn leave_behind(&mut self, pid: Pid, vma: &Vma, start: Vpn, pages: u64) {
        let emptied = vma.start == start && vma.pages == pages && vma.object.is_none();
        let always = VmaFlags::LOCKED.with(VmaFlags::PROMISED);
        let lost = if emptied { always.with(VmaFlags::HAD_COPY) } else { always };
        let flags = vma.flags.without(lost);
        if flags != vma.flags {
            self.emit(Event::VmaFlagged { pid, start: vma.start, flags });
        }
        self.prune_tables(pid, start, pages);
    }
}
