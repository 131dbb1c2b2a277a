//! Calls on mappings.

use super::super::fault::is_own;
use super::Stop;
use crate::command::{MmapArgs, flags};
use crate::event::{Event, Recorder, VmaFlags};
use crate::object::ObjectKind;
use crate::outcome::{Errno, Outcome};
use crate::process::Vma;
use crate::pte::Pte;
use crate::stepper::Stepper;
use crate::units::{FilePage, ObjectId, Pid, Prot, Vpn};

impl<R: Recorder> Stepper<'_, R> {
    /// mmap(2).
    pub(super) fn mmap(&mut self, pid: Pid, args: &MmapArgs) -> Result<Outcome, Stop> {
        if args.len == 0 {
            return Err(Errno::Invalid.into());
        }
        let prot = Prot::from_bits(args.prot).ok_or(Errno::Invalid)?;
        let pages = self.state.format().pages_of(args.len);
        let start = self.place_mapping(pid, args, pages)?;
        let vma = self.region_for(pid, args, prot, start, pages)?;
        if args.flags & flags::MAP_FIXED != 0 {
            self.remove_range(pid, start, pages);
        }
        let object = vma.object.or_else(|| self.shared_memory(args, pages));
        let Vma { flags, first, .. } = vma;
        self.emit(Event::VmaAdded { pid, start, pages, prot, flags, object, first });
        self.join_regions(pid, start, pages);
        if args.flags & flags::MAP_POPULATE != 0 {
            self.populate(pid, start, pages)?;
        }
        Ok(Outcome::Address(self.state.format().address(start)))
    }

    /// Where the mapping goes: as ordered, as hinted if that is free, or where there is room.
    fn place_mapping(&self, pid: Pid, args: &MmapArgs, pages: u64) -> Result<Vpn, Stop> {
        let page_bytes = self.state.page_bytes();
        let exact = args.flags & (flags::MAP_FIXED | flags::MAP_FIXED_NOREPLACE) != 0;
        if exact && !args.addr.is_multiple_of(page_bytes) {
            return Err(Errno::Invalid.into());
        }
        let wanted = Vpn::new(args.addr.div_ceil(page_bytes));
        if exact {
            if !self.fits(wanted, pages) {
                return Err(Errno::NoMemory.into());
            }
            let keep = args.flags & flags::MAP_FIXED == 0;
            return if keep && !self.is_vacant(pid, wanted, pages) { Err(Errno::Exists.into()) } else { Ok(wanted) };
        }
        if args.addr != 0 && self.is_vacant(pid, wanted, pages) {
            return Ok(wanted);
        }
        self.find_gap(pid, pages).ok_or_else(|| Errno::NoMemory.into())
    }

    /// The region that the arguments describe; shared anonymous memory still lacks its object.
    fn region_for(&self, pid: Pid, args: &MmapArgs, prot: Prot, start: Vpn, pages: u64) -> Result<Vma, Stop> {
        let shared = match args.flags & (flags::MAP_SHARED | flags::MAP_PRIVATE) {
            flags::MAP_SHARED => true,
            flags::MAP_PRIVATE => false,
            _ => return Err(Errno::Invalid.into()),
        };
        let kind = if shared { VmaFlags::SHARED } else { VmaFlags::default() };
        let whole =
            Vma { start, pages, prot, flags: kind.with(VmaFlags::MAY_WRITE), object: None, first: FilePage::new(0) };
        if args.flags & flags::MAP_ANONYMOUS != 0 {
            return Ok(whole);
        }
        let page_bytes = self.state.page_bytes();
        if !args.offset.is_multiple_of(page_bytes) {
            return Err(Errno::Invalid.into());
        }
        let first = FilePage::new(args.offset / page_bytes);
        if first.get().checked_add(pages).is_none_or(|end| end > u64::MAX / page_bytes / 2) {
            return Err(Errno::Overflow.into());
        }
        let (_, file) = self.opened(pid, args.fd)?;
        // Fact 27: a mapping reads, and a shared one that may write needs a descriptor that may.
        if !file.read || shared && prot.has(Prot::WRITE) && !file.write {
            return Err(Errno::Access.into());
        }
        let may_write = if file.write || !shared { VmaFlags::MAY_WRITE } else { VmaFlags::default() };
        Ok(Vma { object: Some(file.object), first, flags: kind.with(may_write), ..whole })
    }

    /// The object behind `MAP_SHARED | MAP_ANONYMOUS`, made for this mapping alone.
    fn shared_memory(&mut self, args: &MmapArgs, pages: u64) -> Option<ObjectId> {
        let wanted = flags::MAP_SHARED | flags::MAP_ANONYMOUS;
        if args.flags & wanted != wanted {
            return None;
        }
        let object = self.create(None, ObjectKind::Shm);
        self.emit(Event::SizeChanged { object, size: pages * self.state.page_bytes() });
        Some(object)
    }

    /// The pages of a range that a call names; its address must be a page's.
    fn range(&self, addr: u64, len: u64) -> Result<(Vpn, u64), Errno> {
        let page_bytes = self.state.page_bytes();
        if !addr.is_multiple_of(page_bytes) {
            return Err(Errno::Invalid);
        }
        Ok((Vpn::new(addr / page_bytes), len.div_ceil(page_bytes)))
    }

    /// munmap(2).
    pub(super) fn munmap(&mut self, pid: Pid, addr: u64, len: u64) -> Result<Outcome, Stop> {
        let (start, pages) = self.range(addr, len)?;
        if pages == 0 || !self.fits(start, pages) {
            return Err(Errno::Invalid.into());
        }
        self.remove_range(pid, start, pages);
        Ok(Outcome::Ok)
    }

    /// mprotect(2). Fact 28: over a hole it changes what lies before the hole, then fails.
    pub(super) fn mprotect(&mut self, pid: Pid, addr: u64, len: u64, prot: u64) -> Result<Outcome, Stop> {
        let prot = Prot::from_bits(prot).ok_or(Errno::Invalid)?;
        let (start, pages) = self.range(addr, len)?;
        if pages == 0 {
            return Ok(Outcome::Ok);
        }
        if !self.fits(start, pages) {
            return Err(Errno::NoMemory.into());
        }
        if self.process(pid).vma(start).is_none() {
            return Err(Errno::NoMemory.into());
        }
        self.cut_edges(pid, start, pages);
        let result = self.protect_until_hole(pid, start, pages, prot);
        self.join_regions(pid, start, pages);
        result
    }

    fn protect_until_hole(&mut self, pid: Pid, start: Vpn, pages: u64, prot: Prot) -> Result<Outcome, Stop> {
        let mut at = start;
        for vma in self.regions_in(pid, start, pages) {
            if vma.start > at {
                return Err(Errno::NoMemory.into());
            }
            if vma.is_shared() && prot.has(Prot::WRITE) && !vma.flags.has(VmaFlags::MAY_WRITE) {
                return Err(Errno::Access.into());
            }
            self.protect(pid, &vma, prot);
            at = vma.end();
        }
        if at < start.plus(pages) { Err(Errno::NoMemory.into()) } else { Ok(Outcome::Ok) }
    }

    fn protect(&mut self, pid: Pid, vma: &Vma, prot: Prot) {
        if vma.prot == prot {
            return;
        }
        self.emit(Event::VmaProtected { pid, start: vma.start, prot });
        for (vpn, leaf) in self.state.leaves(pid, vma.start, vma.pages) {
            if leaf.entry.slot().is_some() {
                continue;
            }
            let writable = prot.has(Prot::WRITE) && self.needs_no_write_fault(vma, leaf.entry);
            self.rewrite(pid, vpn, leaf, leaf.entry.granting(prot, writable));
        }
    }

    /// Fact 11: a dirty shared page, or a private page of one's own, is writable again with no fault.
    fn needs_no_write_fault(&self, vma: &Vma, entry: Pte) -> bool {
        match (entry.pfn(), vma.object) {
            (None, _) => false,
            (Some(_), Some(object)) if vma.is_shared() => {
                self.state.object(object).kind() == ObjectKind::Shm || entry.is_dirty()
            }
            (Some(pfn), _) => is_own(self.state, pfn),
        }
    }

    /// msync(2): `MS_SYNC` writes, `MS_ASYNC` does nothing (fact 7); over a hole all that is mapped is done (fact 28).
    pub(super) fn msync(&mut self, pid: Pid, addr: u64, len: u64, flag: u64) -> Result<Outcome, Stop> {
        let both = flags::MS_ASYNC | flags::MS_SYNC;
        if flag & !(both | flags::MS_INVALIDATE) != 0 || flag & both == both {
            return Err(Errno::Invalid.into());
        }
        let (start, pages) = self.range(addr, len)?;
        let end = start.plus(pages);
        let mut at = start;
        let mut hole = !self.fits(start, pages);
        for vma in self.regions_in(pid, start, pages) {
            hole |= vma.start > at;
            at = vma.end();
            if let (Some(object), true) = (vma.object, vma.is_shared() && flag & flags::MS_SYNC != 0) {
                let first = vma.file_page(vma.start.max(start));
                let last = vma.first.plus(vma.end().min(end).since(vma.start));
                self.write_range(object, first, last);
            }
        }
        hole |= at < end;
        if hole { Err(Errno::NoMemory.into()) } else { Ok(Outcome::Ok) }
    }
}
