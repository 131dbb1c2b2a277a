//! madvise(2) and posix_fadvise(3). Follows Linux 6.18 `mm/madvise.c` and `mm/fadvise.c`.

use super::Stop;
use crate::command::flags;
use crate::event::{Event, ReadPattern, Recorder, VmaFlags};
use crate::frames::Holds;
use crate::object::ObjectKind;
use crate::outcome::{Errno, Outcome};
use crate::process::Vma;
use crate::pte::Pte;
use crate::stepper::Stepper;
use crate::units::{FilePage, ObjectId, Pfn, Pid, Vpn};

/// What an advice does to the flags of a region: those to set, those to clear.
fn flag_change(advice: u64) -> Option<(VmaFlags, VmaFlags)> {
    let none = VmaFlags::default();
    Some(match advice {
        flags::MADV_NORMAL => (none, VmaFlags::RANDOM.with(VmaFlags::SEQUENTIAL)),
        flags::MADV_RANDOM => (VmaFlags::RANDOM, VmaFlags::SEQUENTIAL),
        flags::MADV_SEQUENTIAL => (VmaFlags::SEQUENTIAL, VmaFlags::RANDOM),
        flags::MADV_DONTFORK => (VmaFlags::DONT_FORK, none),
        flags::MADV_DOFORK => (none, VmaFlags::DONT_FORK),
        flags::MADV_WIPEONFORK => (VmaFlags::WIPE_ON_FORK, none),
        flags::MADV_HUGEPAGE => (VmaFlags::HUGE, VmaFlags::NO_HUGE),
        flags::MADV_NOHUGEPAGE => (VmaFlags::NO_HUGE, VmaFlags::HUGE),
        _ => return None,
    })
}

fn is_known(advice: u64) -> bool {
    use flags::*;
    let acts = matches!(advice, MADV_WILLNEED | MADV_DONTNEED | MADV_FREE | MADV_REMOVE | MADV_COLD | MADV_PAGEOUT);
    acts || matches!(advice, MADV_POPULATE_READ | MADV_POPULATE_WRITE) || flag_change(advice).is_some()
}

impl<R: Recorder> Stepper<'_, R> {
    /// madvise(2). Fact 28: over a hole all that is mapped is done, then it is ENOMEM.
    pub(super) fn madvise(&mut self, pid: Pid, addr: u64, len: u64, advice: u64) -> Result<Outcome, Stop> {
        if !is_known(advice) {
            return Err(Errno::Invalid.into());
        }
        let (start, pages) = self.range(addr, len)?;
        if start.get().checked_add(pages).is_none() {
            return Err(Errno::Invalid.into());
        }
        if pages == 0 {
            return Ok(Outcome::Ok);
        }
        if matches!(advice, flags::MADV_POPULATE_READ | flags::MADV_POPULATE_WRITE) {
            self.populate_now(pid, start, pages, advice == flags::MADV_POPULATE_WRITE)?;
            return Ok(Outcome::Ok);
        }
        let advised = self.advise_regions(pid, start, pages, advice);
        if flag_change(advice).is_some() {
            self.join_regions(pid, start, pages);
        }
        advised
    }

    fn advise_regions(&mut self, pid: Pid, start: Vpn, pages: u64, advice: u64) -> Result<Outcome, Stop> {
        let end = start.plus(pages);
        let mut at = start;
        let mut hole = false;
        for vma in self.regions_in(pid, start, pages) {
            hole |= vma.start > at;
            at = vma.end().min(end);
            self.advise(pid, &vma, vma.start.max(start), at, advice)?;
        }
        if hole || at < end { Err(Errno::NoMemory.into()) } else { Ok(Outcome::Ok) }
    }

    /// One region, from `from` up to `to`.
    fn advise(&mut self, pid: Pid, vma: &Vma, from: Vpn, to: Vpn, advice: u64) -> Result<(), Stop> {
        let locked = vma.flags.has(VmaFlags::LOCKED);
        let pages = to.since(from);
        if self.maps_device(vma) && !matches!(advice, flags::MADV_WILLNEED | flags::MADV_REMOVE) {
            return self.advise_device(pid, from, pages, advice);
        }
        match advice {
            flags::MADV_WILLNEED => self.will_need(pid, vma, from, pages)?,
            flags::MADV_DONTNEED if !locked => {
                self.unmap_range(pid, from, pages);
                self.prune_emptied(pid, from, pages);
            }
            flags::MADV_FREE if !locked && vma.object.is_none() => self.free_lazily(pid, from, pages),
            flags::MADV_REMOVE if !locked => self.remove(vma, from, pages)?,
            flags::MADV_COLD if !locked => self.make_old(pid, from, pages),
            flags::MADV_PAGEOUT if !locked => self.page_out(pid, from, pages),
            // Fact 34: what is locked stays, and only anonymous memory can be given back lazily.
            flags::MADV_WIPEONFORK if vma.object.is_some() => return Err(Errno::Invalid.into()),
            _ => match flag_change(advice) {
                Some(change) => self.flag(pid, from, pages, change),
                None => return Err(Errno::Invalid.into()),
            },
        }
        Ok(())
    }

    /// A device's memory is neither read ahead nor given back (`VM_PFNMAP`): only flags can be set, and DOFORK cannot.
    fn advise_device(&mut self, pid: Pid, from: Vpn, pages: u64, advice: u64) -> Result<(), Stop> {
        let refused = matches!(advice, flags::MADV_DOFORK | flags::MADV_WIPEONFORK);
        let change = flag_change(advice).filter(|_| !refused).ok_or(Errno::Invalid)?;
        self.flag(pid, from, pages, change);
        Ok(())
    }

    fn flag(&mut self, pid: Pid, from: Vpn, pages: u64, (set, clear): (VmaFlags, VmaFlags)) {
        let Some(vma) = self.process(pid).vma(from) else { return };
        if vma.flags.without(clear).with(set) == vma.flags {
            return;
        }
        self.cut_edges(pid, from, pages);
        let vma = *self.process(pid).vma(from).expect("it was there before it was cut");
        let flags = vma.flags.without(clear).with(set);
        self.emit(Event::VmaFlagged { pid, start: vma.start, flags });
    }

    /// Fact 31: fills the cache and maps nothing; what lies in swap comes back to memory.
    fn will_need(&mut self, pid: Pid, vma: &Vma, from: Vpn, pages: u64) -> Result<(), Stop> {
        let Some(object) = vma.object else {
            for (vpn, leaf) in self.state.entries(pid, from, pages) {
                if let Some(slot) = leaf.entry.slot()
                    && self.state.slot(slot).frame().is_none()
                {
                    self.read_swap(pid, vpn, slot)?;
                }
            }
            return Ok(());
        };
        let first = vma.file_page(from);
        self.read_wanted(object, first, first.plus(pages));
        Ok(())
    }

    /// `MADV_FREE`: the pages stay until memory is short (fact 35); those in swap are gone at once.
    fn free_lazily(&mut self, pid: Pid, from: Vpn, pages: u64) {
        for (vpn, leaf) in self.entries_to_age(pid, from, pages) {
            if leaf.entry.slot().is_some() {
                self.unmap(pid, vpn, leaf);
                continue;
            }
            let Some(pfn) = leaf.entry.pfn() else { continue };
            self.rewrite(pid, vpn, leaf, leaf.entry.undirtied().aged());
            for pfn in (0..self.state.pages_of(leaf.entry) as u32).map(|offset| Pfn::new(pfn.get() + offset)) {
                if self.state.frame(pfn).mappers().len() == 1 {
                    self.forget_slot(pfn);
                    self.emit(Event::PageLazyFreed { pfn });
                }
            }
        }
    }

    /// `MADV_REMOVE`: a hole in the object, for all who map it; private copies stay (facts 15 and 22).
    fn remove(&mut self, vma: &Vma, from: Vpn, pages: u64) -> Result<(), Stop> {
        let object = vma.object.ok_or(Errno::Invalid)?;
        if !vma.is_shared() || !vma.flags.has(VmaFlags::MAY_WRITE) {
            return Err(Errno::Access.into());
        }
        self.refuse_device(object, Errno::NoDevice)?;
        let first = vma.file_page(from);
        let end = first.plus(pages);
        for (page, pfn) in self.state.object(object).cached_within(first, end).collect::<Vec<_>>() {
            self.point_mappers_at(pfn, Pte::EMPTY);
            self.forget_page(object, page, pfn);
        }
        self.forget_slots(object, first, end);
        self.emit(Event::HolePunched { object, first, pages });
        Ok(())
    }

    /// `MADV_COLD`: as if not used for long.
    fn make_old(&mut self, pid: Pid, from: Vpn, pages: u64) {
        for (vpn, leaf) in self.entries_to_age(pid, from, pages) {
            self.rewrite(pid, vpn, leaf, leaf.entry.aged());
        }
    }

    /// `MADV_PAGEOUT`: what nobody else maps goes at once, as far as it may (fact 35). A page of a file that is dirty
    /// leaves the page table only: writing is left to others (`mm/vmscan.c`, `shrink_folio_list`).
    fn page_out(&mut self, pid: Pid, from: Vpn, pages: u64) {
        for (vpn, leaf) in self.pages_to_age(pid, from, pages) {
            let Some(pfn) = leaf.entry.pfn() else { continue };
            let frame = self.state.frame(pfn);
            if frame.mappers().len() != 1 {
                continue;
            }
            match frame.holds() {
                Holds::Object { object, .. } => {
                    let stays = frame.is_dirty() && self.state.object(object).kind() == ObjectKind::File;
                    if stays || !self.state.can_leave(pfn) {
                        self.unmap(pid, vpn, leaf);
                    } else {
                        self.evict_page(pfn);
                    }
                }
                _ if self.state.can_leave(pfn) => self.evict_page(pfn),
                _ => {}
            }
        }
    }

    /// posix_fadvise(3).
    pub(super) fn fadvise(&mut self, pid: Pid, fd: i64, offset: i64, len: i64, advice: u64) -> Result<Outcome, Stop> {
        let (file, opened) = self.opened(pid, fd)?;
        if len < 0 || advice > flags::POSIX_FADV_DONTNEED {
            return Err(Errno::Invalid.into());
        }
        // Memory has no disk to be read from.
        if self.state.object(opened.object).kind() != ObjectKind::File {
            return Ok(Outcome::Ok);
        }
        let pattern = match advice {
            flags::POSIX_FADV_NORMAL => ReadPattern::Normal,
            flags::POSIX_FADV_RANDOM => ReadPattern::Random,
            flags::POSIX_FADV_SEQUENTIAL => ReadPattern::Sequential,
            _ => {
                self.advise_pages(opened.object, offset as u64, len as u64, advice == flags::POSIX_FADV_WILLNEED);
                return Ok(Outcome::Ok);
            }
        };
        self.emit(Event::FileAdvised { file, pattern });
        Ok(Outcome::Ok)
    }

    /// The pages of `offset .. offset + len` (0 is to the end) are wanted, or are not.
    fn advise_pages(&mut self, object: ObjectId, offset: u64, len: u64, wanted: bool) {
        let page_bytes = self.state.page_bytes();
        let end = if len == 0 { u64::MAX } else { offset.saturating_add(len) };
        if wanted {
            let pages = FilePage::new(end.div_ceil(page_bytes));
            return self.read_wanted(object, FilePage::new(offset / page_bytes), pages);
        }
        // A page that the range covers in part stays, but for the last of the file.
        let size = self.state.object(object).size();
        let last = if end >= size { size.div_ceil(page_bytes) } else { end / page_bytes };
        let (first, last) = (FilePage::new(offset.div_ceil(page_bytes)), FilePage::new(last));
        for (page, pfn) in self.state.object(object).cached_within(first, last).collect::<Vec<_>>() {
            if self.state.frame(pfn).is_dirty() {
                self.write_page(pfn);
            }
            if self.is_idle(pfn) {
                self.forget_page(object, page, pfn);
            }
        }
    }
}
