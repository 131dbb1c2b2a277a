//! Calls on mappings.

use super::Stop;
use crate::command::{MmapArgs, flags};
use crate::event::{Event, Recorder, VmaFlags};
use crate::object::ObjectKind;
use crate::outcome::{Errno, Outcome};
use crate::process::{OpenFile, Vma};
use crate::pte::Pte;
use crate::stepper::Stepper;
use crate::units::{FilePage, ObjectId, OpenFileId, Pid, Prot, Vpn};

/// Private memory that becomes writable is promised, and stays so once it was written (`mprotect_fixup`).
fn promised(vma: &Vma, prot: Prot) -> VmaFlags {
    if prot.has(Prot::WRITE) {
        let exempt = vma.is_shared() || vma.flags.has(VmaFlags::NO_RESERVE);
        return if exempt { vma.flags } else { vma.flags.with(VmaFlags::PROMISED) };
    }
    let unused = vma.object.is_none() && !vma.flags.has(VmaFlags::HAD_COPY);
    if unused { vma.flags.without(VmaFlags::PROMISED) } else { vma.flags }
}

impl<R: Recorder> Stepper<'_, R> {
    /// mmap(2).
    pub(super) fn mmap(&mut self, pid: Pid, args: &MmapArgs) -> Result<Outcome, Stop> {
        let file = self.file_to_map(pid, args)?;
        if args.len == 0 {
            return Err(Errno::Invalid.into());
        }
        let prot = Prot::from_bits(args.prot).ok_or(Errno::Invalid)?;
        let pages = self.state.format().pages_of(args.len);
        let start = self.place_mapping(pid, args, pages)?;
        let vma = self.region_for(args, file, prot, start, pages)?;
        self.promise_region(&vma, vma.object.is_none() && vma.is_shared())?;
        self.admit_view(&vma, args.offset.saturating_add(args.len))?;
        if args.flags & flags::MAP_FIXED != 0 {
            self.remove_range(pid, start, pages);
        }
        let object = vma.object.or_else(|| self.shared_memory(args, pages));
        self.add_region(pid, Vma { object, ..vma });
        self.join_regions(pid, start, pages);
        if args.flags & (flags::MAP_POPULATE | flags::MAP_LOCKED) != 0 {
            self.populate(pid, start, pages, false)?;
        }
        Ok(Outcome::Address(self.state.format().address(start)))
    }

    /// The open file that the arguments name; none for anonymous memory.
    fn file_to_map(&self, pid: Pid, args: &MmapArgs) -> Result<Option<(OpenFileId, OpenFile)>, Stop> {
        if args.flags & flags::MAP_ANONYMOUS != 0 {
            return Ok(None);
        }
        if !args.offset.is_multiple_of(self.state.config().granularity_bytes()) {
            return Err(Errno::Invalid.into());
        }
        self.opened(pid, args.fd).map(Some)
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
    fn region_for(
        &self,
        args: &MmapArgs,
        file: Option<(OpenFileId, OpenFile)>,
        prot: Prot,
        start: Vpn,
        pages: u64,
    ) -> Result<Vma, Stop> {
        let shared = match args.flags & (flags::MAP_SHARED | flags::MAP_PRIVATE) {
            flags::MAP_SHARED => true,
            flags::MAP_PRIVATE => false,
            _ => return Err(Errno::Invalid.into()),
        };
        let grows_down = args.flags & flags::MAP_GROWSDOWN != 0;
        if grows_down && (shared || file.is_some()) {
            return Err(Errno::Invalid.into());
        }
        let mut flags = VmaFlags::default();
        let asked = [
            (shared, VmaFlags::SHARED),
            (grows_down, VmaFlags::GROWS_DOWN),
            (args.flags & flags::MAP_LOCKED != 0, VmaFlags::LOCKED),
            (args.flags & flags::MAP_NORESERVE != 0, VmaFlags::NO_RESERVE),
            (!shared && prot.has(Prot::WRITE) && args.flags & flags::MAP_NORESERVE == 0, VmaFlags::PROMISED),
        ];
        for (_, flag) in asked.into_iter().filter(|(wanted, _)| *wanted) {
            flags = flags.with(flag);
        }
        let first = FilePage::new(if shared { 0 } else { start.get() });
        let whole = Vma { start, pages, prot, flags, object: None, first, file: None };
        let Some((id, file)) = file else { return Ok(Vma { flags: flags.with(VmaFlags::MAY_WRITE), ..whole }) };
        let page_bytes = self.state.page_bytes();
        let first = FilePage::new(args.offset / page_bytes);
        if first.get().checked_add(pages).is_none_or(|end| end > u64::MAX / page_bytes / 2) {
            return Err(Errno::Overflow.into());
        }
        // Fact 27: a mapping reads, and a shared one that may write needs a descriptor that may.
        if !file.read || shared && prot.has(Prot::WRITE) && !file.write {
            return Err(Errno::Access.into());
        }
        self.check_device_mapping(&file, first.get(), pages, shared)?;
        let flags = if file.write || !shared { flags.with(VmaFlags::MAY_WRITE) } else { flags };
        // What cannot be paged out need not be locked.
        let flags = if self.state.is_device(file.object) { flags.without(VmaFlags::LOCKED) } else { flags };
        Ok(Vma { object: Some(file.object), first, flags, file: Some(id), ..whole })
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
    pub(super) fn range(&self, addr: u64, len: u64) -> Result<(Vpn, u64), Errno> {
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
            let more = promised(&vma, prot).has(VmaFlags::PROMISED) && !vma.flags.has(VmaFlags::PROMISED);
            self.promise(if more { vma.pages } else { 0 })?;
            self.protect(pid, &vma, prot);
            // Locked memory that becomes writable gets its copies at once.
            let locked = vma.flags.has(VmaFlags::LOCKED) && !vma.is_shared() && !vma.prot.has(Prot::WRITE);
            if locked && prot.has(Prot::WRITE) {
                self.populate(pid, vma.start, vma.pages, false)?;
            }
            at = vma.end();
        }
        if at < start.plus(pages) { Err(Errno::NoMemory.into()) } else { Ok(Outcome::Ok) }
    }

    fn protect(&mut self, pid: Pid, vma: &Vma, prot: Prot) {
        if vma.prot == prot {
            return;
        }
        self.emit(Event::VmaProtected { pid, start: vma.start, prot });
        let flags = promised(vma, prot);
        if flags != vma.flags {
            self.emit(Event::VmaFlagged { pid, start: vma.start, flags });
        }
        self.grant(pid, vma, prot);
    }

    fn grant(&mut self, pid: Pid, vma: &Vma, prot: Prot) {
        for (vpn, leaf) in self.entries_to_change(pid, vma.start, vma.pages) {
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
            (None, _) => entry.device_frame().is_some(),
            (Some(_), Some(object)) if vma.is_shared() => {
                self.state.object(object).kind() == ObjectKind::Shm || entry.is_dirty()
            }
            (Some(_), _) => entry.is_owned(),
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
            if flag & flags::MS_INVALIDATE != 0 && vma.flags.has(VmaFlags::LOCKED) {
                return Err(Errno::Busy.into());
            }
            // A shared mapping that can never write has nothing to synchronise.
            let writes = vma.is_shared() && vma.flags.has(VmaFlags::MAY_WRITE);
            if let (Some(object), true) = (vma.object, writes && flag & flags::MS_SYNC != 0) {
                let first = vma.file_page(vma.start.max(start));
                let last = vma.first.plus(vma.end().min(end).since(vma.start));
                self.write_range(object, first, last);
            }
        }
        hole |= at < end;
        if hole { Err(Errno::NoMemory.into()) } else { Ok(Outcome::Ok) }
    }
}
