//! The only mutator: what each event does to the state.
//!
//! Exhaustive without a `_`: a new event does not compile until it is applied or declared to change nothing.

use super::State;
use crate::chunked::ChunkedSet;
use crate::contents::Contents;
use crate::event::{CHUNK, Event, Reason, VmaFlags};
use crate::express::{Place, Runner};
use crate::frames::{Frame, FreeList, Holds, Mapper, Slot};
use crate::mmu::table::{About, Tables};
use crate::object::{Fill, Object, ObjectKind, PageBytes};
use crate::outcome::Counters;
use crate::policy::PageKey;
use crate::process::{Life, OpenFile, Process, Reading, Vma};
use crate::pte::Pte;
use crate::sorted::SortedMap;
use crate::units::{FilePage, NameId, ObjectId, OpenFileId, Pfn, Pid, SlotId, TableId, Vpn};
use std::rc::Rc;

impl State {
    /// Applies a fact. Facts come from a machine that was in this very state; others break the model's invariants.
    #[inline(never)]
    pub fn apply(&mut self, event: &Event) {
        self.apply_known(event);
    }

    /// The same where it is known which event it is, and only what that one does remains; anywhere else it would be all
    /// of it once more.
    #[inline(always)]
    pub(crate) fn apply_known(&mut self, event: &Event) {
        match *event {
            Event::StepBegan { .. } => self.begin_step(),
            Event::StepEnded { pid } => self.end_step(pid),
            Event::CallEntered { .. } => self.step.syscalls += 1,

            Event::ProcessCreated { pid } => self.create_process(pid),
            Event::ProcessForked { parent, child } => self.fork_process(parent, child),
            Event::Executed { pid, heap, .. } => {
                let process = self.process_mut(pid);
                (process.heap, process.brk, process.raw_root) = (Some(heap), None, None);
            }
            Event::ProcessEnded { pid } => self.process_mut(pid).life = Life::Ended,
            Event::Switched { to, .. } => self.running = Some(to),

            Event::TlbHit { slot, .. } => self.tlb.touch(slot),
            Event::TlbFilled { slot, pid, vpn, entry } => self.fill_tlb(slot, pid, vpn, entry),
            Event::TlbDropped { slot } => self.tlb.drop_slot(slot),
            Event::TlbFlushed => {
                self.tlb.flush();
                self.step.tlb_flushes += 1;
            }
            Event::AccessDone { tlb, reads, pfn, .. } => self.count_access(tlb, reads, pfn),
            Event::SignalRaised { tlb, reads, .. } => self.count_translation(tlb, reads),

            Event::VmaAdded { pid, start, pages, prot, flags, object, first } => {
                self.add_vma(pid, Vma { start, pages, prot, flags, object, first, file: None });
            }
            Event::VmaHoldsFile { pid, start, file } => {
                self.vma_mut(pid, start).file = Some(file);
                self.file_mut(file).regions += 1;
            }
            Event::VmaGrewDown { pid, start, pages } => self.grow_down(pid, start, pages),
            Event::BreakMoved { pid, brk } => self.process_mut(pid).brk = Some(brk),
            Event::VmaSplit { pid, at } => self.split_vma(pid, at),
            Event::VmaMerged { pid, at } => self.merge_vma(pid, at),
            Event::VmaRemoved { pid, start } => self.remove_vma(pid, start),
            Event::VmaProtected { pid, start, prot } => self.vma_mut(pid, start).prot = prot,
            Event::VmaFlagged { pid, start, flags } => {
                self.ever_locked |= flags.has(VmaFlags::LOCKED);
                self.vma_mut(pid, start).flags = flags;
            }

            Event::TableAdded { table, pid, level, base, frame } => {
                self.add_table(table, About { pid, level, base, frame });
            }
            Event::TableRemoved { table } => self.remove_table(table),
            Event::PteWritten { table, index, old, new } => self.write_pte(table, index, old, new),

            Event::HugeSplit { table, index, into } => self.split_huge(table, index, into),
            Event::HugeTakenApart { pfn } => self.take_apart(pfn),
            Event::HugeFilled { pfn, pid, vpn } => self.fill_huge(pfn, pid, vpn),

            Event::FaultServed { major: true, .. } => self.step.major += 1,
            Event::FaultServed { major: false, .. } => self.step.minor += 1,

            Event::FrameWanted { key } => self.policy.wanted(key, self.running),
            Event::FrameTaken { pfn } => self.take_frame(pfn),
            Event::VictimProbed { pfn } => self.policy.spared(pfn),
            Event::VictimChosen { pfn, reason } => self.choose_victim(pfn, reason),
            Event::FrameFreed { pfn, .. } => self.free_frame(pfn),
            Event::FrameZeroed { pfn } => self.contents.set(pfn, PageBytes::Zeros),
            Event::PageCopied { from, to } => {
                self.contents.set(to, self.contents.get(from));
                self.step.cow += 1;
            }
            Event::AnonFilled { pfn, pid, vpn } => self.fill_anon(pfn, pid, vpn),
            Event::PageLazyFreed { pfn } => {
                self.frames[pfn.index()].lazy = true;
                self.frames[pfn.index()].dirty = false;
            }
            Event::FrameUsed { pfn } => self.policy.used(pfn),
            Event::BytesWritten { pfn, offset, len, bytes } => self.write_bytes(pfn, offset, len, &bytes),
            Event::BytesFilled { pfn, offset, len, byte } => {
                self.change_content(pfn, |content| content[offset as usize..(offset + len) as usize].fill(byte));
            }
            Event::BytesCopied { from, from_offset, to, to_offset, len } => {
                self.copy_bytes((from, from_offset), (to, to_offset), len);
            }
            Event::BytesCounted { bytes } => self.step.copied_bytes += bytes,

            Event::PageCached { object, page, pfn } => self.cache_page(object, page, pfn),
            Event::PageUncached { object, page, pfn } => {
                self.objects[object.index()].cached.remove(page);
                self.frames[pfn.index()].holds = Holds::Taken;
            }
            Event::ReadMarkSet { pfn } => self.frames[pfn.index()].mark = true,
            Event::ReadMarkCleared { pfn } => self.frames[pfn.index()].mark = false,
            Event::WindowMoved { file, start, size, ahead } => {
                let reading = &mut self.file_mut(file).reading;
                (reading.start, reading.size, reading.ahead) = (start.get(), size, ahead);
            }
            Event::ReadEnded { file, offset } => self.file_mut(file).reading.last = Some(offset),
            Event::FileAdvised { file, pattern } => self.file_mut(file).reading.pattern = pattern,
            Event::HolePunched { object, first, pages } => self.punch_hole(object, first, pages),
            Event::DirtyMarked { pfn } => self.mark_dirty(pfn),
            Event::DirtyCleared { pfn } => self.clear_dirty(pfn),
            Event::ObjectCreated { object, kind, name } => self.create_object(object, kind, name),
            Event::SizeChanged { object, size } => self.resize(object, size),
            Event::Unlinked { object } => self.unlink(object),
            Event::ObjectDropped { object } => self.drop_object(object),
            Event::FileOpened { file, object, read, write } => {
                let opened = OpenFile {
                    object,
                    read,
                    write,
                    offset: 0,
                    descriptors: 0,
                    regions: 0,
                    reading: Reading::default(),
                };
                if file.index() == self.files.len() {
                    self.files.push(None);
                }
                self.files[file.index()] = Some(opened);
                self.objects[object.index()].users += 1;
            }
            Event::DescriptorSet { pid, fd, file } => {
                self.process_mut(pid).descriptors.insert(fd, file);
                self.file_mut(file).descriptors += 1;
            }
            Event::DescriptorClosed { pid, fd } => self.close_descriptor(pid, fd),
            Event::OffsetMoved { file, offset } => self.file_mut(file).offset = offset,

            Event::DeviceWritten { object, page, offset, len, bytes } => {
                self.write_device(object, page, offset, &bytes[..usize::from(len)]);
            }
            Event::IommuMapped { device, page, pfn, writable } => self.map_iommu(device, page, pfn, writable),
            Event::IommuUnmapped { device, page, pfn } => self.unmap_iommu(device, page, pfn),
            Event::FrameOrphaned { pfn } => self.frames[pfn.index()].holds = Holds::Anon,

            Event::DiskRead { object, page, pfn, joined } => {
                self.contents.set(pfn, self.on_disk(object, page));
                self.step.disk_requests += u64::from(!joined);
                self.step.disk_reads += 1;
            }
            Event::HoleRead { object, page, pfn } => {
                self.contents.set(pfn, self.on_disk(object, page));
            }
            Event::SizeSaved { object } => {
                let target = &mut self.objects[object.index()];
                target.disk_size = target.size;
            }
            Event::DiskWritten { object, page, pfn, joined } => self.write_disk(object, page, pfn, joined),
            Event::SwapWritten { slot, pfn } => self.write_slot(slot, pfn),
            Event::SwapRead { slot, pfn } => self.read_slot(slot, pfn),
            Event::ObjectSwapped { object, page, slot } => {
                self.objects[object.index()].swapped.insert(page, slot);
                self.slots[slot.index()].refs += 1;
            }
            Event::ObjectUnswapped { object, page, slot } => {
                self.objects[object.index()].swapped.remove(&page);
                self.slots[slot.index()].refs -= 1;
            }
            Event::SlotDetached { slot, pfn } => {
                self.slots[slot.index()].frame = None;
                self.frames[pfn.index()].set_slot(None);
            }
            Event::SlotFreed { slot } => self.free_slot(slot),
            Event::PowerLost => self.lose_power(),

            // What is read, found, decided or said changes nothing.
            Event::CallReturned { .. }
            | Event::AccessBegan { .. }
            | Event::TlbMissed { .. }
            | Event::EntryRead { .. }
            | Event::FaultRaised { .. }
            | Event::Retried { .. }
            | Event::VmaFound { .. }
            | Event::VmaMissing { .. }
            | Event::VmaForbids { .. }
            | Event::BeyondEnd { .. }
            | Event::RemedyChosen { .. }
            | Event::CacheHit { .. }
            | Event::CacheMissed { .. }
            | Event::DmaBegan { .. }
            | Event::DmaTranslated { .. }
            | Event::DmaRefused { .. } => {}
        }
    }

    // Steps and counts.

    fn begin_step(&mut self) {
        self.settle();
        self.step = Counters::default();
        (self.runner, self.place) = (Runner::NONE, Place::NONE);
    }

    #[inline]
    fn end_step(&mut self, pid: Option<Pid>) {
        self.step.cost = self.cost_of(&self.step);
        self.totals.add(&self.step);
        if let Some(process) = pid.and_then(|pid| self.processes[pid.index()].as_mut()) {
            process.counters.add(&self.step);
        }
        self.steps += 1;
    }

    /// `scenario-language.md`, "What a step counts".
    #[inline]
    fn cost_of(&self, c: &Counters) -> u64 {
        let cost = &self.setup.config.cost;
        // Without a TLB there are no TLB misses to pay for.
        let walked = if self.tlb.exists() { c.walk_reads } else { 0 };
        let pages = c.disk_reads + c.disk_writes + c.swap_reads + c.swap_writes;
        cost.tlb_hit * c.accesses
            + cost.walk * walked
            + cost.syscall * c.syscalls
            + cost.copy_byte * c.copied_bytes
            + cost.minor * (c.minor + c.major)
            + cost.cow * c.cow
            + cost.disk_request * c.disk_requests
            + cost.disk_page * pages
            + cost.tlb_flush * c.tlb_flushes
    }

    #[inline]
    fn count_access(&mut self, tlb: Option<bool>, reads: u8, pfn: Option<Pfn>) {
        self.step.accesses += 1;
        self.count_translation(tlb, reads);
        if let Some(pfn) = pfn {
            self.policy.used(pfn);
        }
    }

    #[inline]
    fn count_translation(&mut self, tlb: Option<bool>, reads: u8) {
        self.step.tlb_hits += u64::from(tlb == Some(true));
        self.step.tlb_misses += u64::from(tlb == Some(false));
        self.step.walk_reads += u64::from(reads);
    }

    // Processes and regions.

    pub(crate) fn process_mut(&mut self, pid: Pid) -> &mut Process {
        self.processes[pid.index()].as_mut().expect("events speak of processes that exist")
    }

    fn vma_mut(&mut self, pid: Pid, start: Vpn) -> &mut Vma {
        self.process_mut(pid).vmas.get_mut(&start).expect("events speak of regions that exist")
    }

    /// The root table follows as an event of its own and gets the next number.
    fn create_process(&mut self, pid: Pid) {
        let root = self.tables.next_id();
        let counters = self.process(pid).map(|before| before.counters).unwrap_or_default();
        let (vmas, descriptors) = (SortedMap::default(), SortedMap::default());
        let fresh =
            Process { life: Life::Alive, root, raw_root: None, vmas, descriptors, heap: None, brk: None, counters };
        self.processes[pid.index()] = Some(fresh);
    }

    fn fork_process(&mut self, parent: Pid, child: Pid) {
        self.create_process(child);
        let descriptors = self.process_mut(parent).descriptors.clone();
        for &file in descriptors.values() {
            self.file_mut(file).descriptors += 1;
        }
        let (heap, brk) = (self.process_mut(parent).heap, self.process_mut(parent).brk);
        let process = self.process_mut(child);
        process.descriptors = descriptors;
        (process.heap, process.brk) = (heap, brk);
    }

    fn add_vma(&mut self, pid: Pid, vma: Vma) {
        self.ever_locked |= vma.flags.has(VmaFlags::LOCKED);
        self.process_mut(pid).vmas.insert(vma.start, vma);
        self.use_object(vma.object, 1);
    }

    fn split_vma(&mut self, pid: Pid, at: Vpn) {
        let process = self.process_mut(pid);
        let whole = *process.vma(at).expect("a region is cut inside");
        let tail = whole.tail(at);
        process.vmas.insert(at, tail);
        process.vmas.get_mut(&whole.start).expect("found above").pages -= tail.pages;
        self.use_object(whole.object, 1);
        self.hold_file(whole.file, 1);
    }

    fn grow_down(&mut self, pid: Pid, start: Vpn, pages: u64) {
        let process = self.process_mut(pid);
        let mut vma = process.vmas.remove(&start).expect("events speak of regions that exist");
        vma.start = Vpn::new(start.get() - pages);
        vma.first = FilePage::new(vma.first.get().wrapping_sub(pages));
        vma.pages += pages;
        process.vmas.insert(vma.start, vma);
    }

    fn merge_vma(&mut self, pid: Pid, at: Vpn) {
        let process = self.process_mut(pid);
        let upper = process.vmas.remove(&at).expect("events speak of regions that exist");
        let lower = process.vmas.below_mut(&at).expect("it joins one below it");
        lower.pages += upper.pages;
        lower.flags = lower.flags.with(upper.flags);
        self.hold_file(upper.file, -1);
        self.use_object(upper.object, -1);
    }

    fn remove_vma(&mut self, pid: Pid, start: Vpn) {
        let vma = self.process_mut(pid).vmas.remove(&start).expect("events speak of regions that exist");
        self.hold_file(vma.file, -1);
        self.use_object(vma.object, -1);
    }

    fn use_object(&mut self, object: Option<ObjectId>, by: i32) {
        if let Some(object) = object {
            let users = &mut self.objects[object.index()].users;
            *users = users.checked_add_signed(by).expect("users are counted");
        }
    }

    /// Counts a region that came to be, or went, through an open file.
    fn hold_file(&mut self, file: Option<OpenFileId>, by: i32) {
        if let Some(file) = file {
            let regions = &mut self.file_mut(file).regions;
            *regions = regions.checked_add_signed(by).expect("regions are counted");
            self.forget_file_if_unused(file);
        }
    }

    fn forget_file_if_unused(&mut self, file: OpenFileId) {
        let open = self.file_mut(file);
        if open.descriptors == 0 && open.regions == 0 {
            let object = open.object;
            self.files[file.index()] = None;
            self.use_object(Some(object), -1);
        }
    }

    // Tables and entries.

    fn add_table(&mut self, table: TableId, about: About) {
        let entries = self.format().entries(about.level.into());
        self.tables.add(table, about, entries);
        for pfn in self.frames_of_table(table) {
            self.free.take(pfn);
            self.frames[pfn as usize].holds = Holds::Table(table);
        }
    }

    /// The policy never hears of a table's frames: they are not pages, and nobody's to be replaced.
    fn remove_table(&mut self, table: TableId) {
        self.memo.forget();
        for pfn in self.frames_of_table(table) {
            self.frames[pfn as usize] = Frame::empty();
            self.free.give(pfn);
        }
        self.tables.remove(table);
    }

    /// Writes an entry and keeps the reverse map and the slots' references in step with it.
    #[inline]
    fn write_pte(&mut self, table: TableId, index: u32, old: Pte, new: Pte) {
        let (pid, vpn) = self.tables.write(table, index, new);
        if old.is_huge() || new.is_huge() {
            return self.map_huge(table, index, old, new);
        }
        if old.pfn() != new.pfn() {
            let mapper = Mapper { pid, vpn };
            if let Some(pfn) = old.pfn() {
                self.frames[pfn.index()].mappers.remove(mapper);
            }
            if let Some(pfn) = new.pfn() {
                self.frames[pfn.index()].mappers.add(mapper);
            }
        }
        if old.slot() != new.slot() {
            if let Some(slot) = old.slot() {
                self.slots[slot.index()].refs -= 1;
            }
            if let Some(slot) = new.slot() {
                self.slots[slot.index()].refs += 1;
            }
        }
    }

    /// The same of an entry that maps, or mapped, a huge page, and nothing else before or after.
    fn map_huge(&mut self, table: TableId, index: u32, old: Pte, new: Pte) {
        let owner = self.tables.get(table);
        let (pid, first) =
            (owner.pid(), owner.base().plus(u64::from(index) << self.format().index_shift(owner.level())));
        for offset in 0..self.format().huge_pages().unwrap_or(0) {
            let (old, new) = (old.small(offset).pfn(), new.small(offset).pfn());
            let mapper = Mapper { pid, vpn: first.plus(offset) };
            if let Some(pfn) = old.filter(|_| old != new) {
                self.frames[pfn.index()].mappers.remove(mapper);
            }
            if let Some(pfn) = new.filter(|_| old != new) {
                self.frames[pfn.index()].mappers.add(mapper);
            }
        }
    }

    /// The pages of a huge page get entries of their own, which say the same: nobody maps another frame.
    fn split_huge(&mut self, table: TableId, index: u32, into: TableId) {
        let entry = self.tables.entry(table, index);
        for offset in 0..self.format().huge_pages().unwrap_or(0) {
            self.tables.write(into, offset as u32, entry.small(offset));
        }
        self.tables.write(table, index, Pte::table(into));
    }

    /// As many frames as a huge page takes, side by side, hold its zeros.
    fn fill_huge(&mut self, first: Pfn, pid: Pid, vpn: Vpn) {
        for offset in 0..self.format().huge_pages().unwrap_or(0) {
            let pfn = Pfn::new(first.get() + offset as u32);
            self.take_frame(pfn);
            self.contents.set(pfn, PageBytes::Zeros);
            self.fill_anon(pfn, pid, vpn.plus(offset));
            self.frames[pfn.index()].large = true;
        }
    }

    /// A page that leaves memory leaves the huge page that it was filled with: none of its frames belong together then.
    fn take_apart(&mut self, pfn: Pfn) {
        for pfn in self.run_of(pfn) {
            self.frames[pfn as usize].large = false;
        }
    }

    // Frames and their content.

    pub(crate) fn take_frame(&mut self, pfn: Pfn) {
        self.free.take(pfn.get());
        self.policy.taken(pfn, self.running);
        self.frames[pfn.index()].holds = Holds::Taken;
    }

    fn free_frame(&mut self, pfn: Pfn) {
        if let Some(slot) = self.frames[pfn.index()].slot() {
            self.slots[slot.index()].frame = None;
        }
        self.frames[pfn.index()] = Frame::empty();
        self.contents.set(pfn, PageBytes::Zeros);
        self.free.give(pfn.get());
        self.policy.freed(pfn);
    }

    fn fill_anon(&mut self, pfn: Pfn, pid: Pid, vpn: Vpn) {
        self.frames[pfn.index()].holds = Holds::Anon;
        self.policy.filled(pfn, PageKey::Private(pid, vpn));
    }

    #[inline]
    fn choose_victim(&mut self, pfn: Pfn, reason: Reason) {
        self.policy.evicted(pfn);
        if let (Reason::Drawn { .. }, Some(draws)) = (reason, &mut self.draws) {
            draws.advance();
        }
    }

    /// Under `tlb_policy = random` the place of another page's translation was drawn.
    #[inline]
    fn fill_tlb(&mut self, slot: u32, pid: Pid, vpn: Vpn, entry: Pte) {
        if self.tlb.is_random() && self.tlb.would_replace(slot, pid, vpn, entry) {
            self.draws.as_mut().expect("made for a random TLB").advance();
        }
        self.tlb.fill(slot, pid, vpn, entry);
    }

    pub(crate) fn cache_page(&mut self, object: ObjectId, page: FilePage, pfn: Pfn) {
        let owner = &mut self.objects[object.index()];
        owner.cached.insert(page, pfn.get());
        if let Some(slot) = owner.swapped.remove(&page) {
            self.slots[slot.index()].refs -= 1;
        }
        self.frames[pfn.index()].holds = Holds::Object { object, page };
        self.policy.filled(pfn, PageKey::Object(object, page));
    }

    fn write_bytes(&mut self, pfn: Pfn, offset: u32, len: u8, bytes: &[u8; CHUNK]) {
        let (offset, len) = (offset as usize, usize::from(len));
        self.change_content(pfn, |content| content[offset..offset + len].copy_from_slice(&bytes[..len]));
    }

    fn copy_bytes(&mut self, from: (Pfn, u32), to: (Pfn, u32), len: u32) {
        let source: Vec<u8> = (0..len).map(|i| self.byte(from.0, u64::from(from.1 + i))).collect();
        self.change_content(to.0, |content| content[to.1 as usize..][..source.len()].copy_from_slice(&source));
    }

    /// Gives the closure the frame's bytes, in a copy of its own if a checkpoint or the disk shares them.
    #[inline]
    pub(crate) fn change_content(&mut self, pfn: Pfn, change: impl FnOnce(&mut [u8])) {
        if !matches!(self.contents.mixed_mut(pfn), Some(PageBytes::Bytes(_))) {
            self.contents.set(pfn, PageBytes::Bytes(Rc::new(self.bytes(pfn))));
        }
        if let Some(PageBytes::Bytes(bytes)) = self.contents.mixed_mut(pfn) {
            change(Rc::make_mut(bytes).as_mut_slice());
        }
    }

    fn mark_dirty(&mut self, pfn: Pfn) {
        let now = self.steps;
        let frame = &mut self.frames[pfn.index()];
        frame.dirty = true;
        let Holds::Object { object, .. } = frame.holds else { return };
        if self.setup.config.write_back.is_some() && self.objects[object.index()].kind == ObjectKind::File {
            self.dirty_ages.add((now, 0, pfn));
            self.dirty_since[pfn.index()] = now;
        }
    }

    fn clear_dirty(&mut self, pfn: Pfn) {
        self.frames[pfn.index()].dirty = false;
        if let Some(since) = self.dirty_since.get_mut(pfn.index()) {
            self.dirty_ages.remove(&(std::mem::take(since), 0, pfn));
        }
    }

    // Objects, files and the disk.

    fn create_object(&mut self, object: ObjectId, kind: ObjectKind, name: Option<NameId>) {
        debug_assert_eq!(object.index(), self.objects.len());
        self.objects.push(Object::new(kind, name, 0, Fill::Zeros));
        if let Some(name) = name {
            self.by_name.insert(name, object);
        }
    }

    /// Cut blocks are gone at once: what was beyond does not come back when the object grows again.
    fn resize(&mut self, object: ObjectId, size: u64) {
        let page_bytes = self.page_bytes();
        let cut = FilePage::new(size / page_bytes);
        let partial = (size % page_bytes) as usize;
        let kept = self.on_disk(object, cut);
        let kept = self.materialise(&kept);
        let target = &mut self.objects[object.index()];
        if size < target.size {
            let had_block = target.has_block(cut, page_bytes);
            target.blocks.retain(|&page, _| page < cut);
            target.fill_end = target.fill_end.min(size);
            target.disk_size = size;
            if partial > 0 && had_block {
                let mut bytes = kept;
                bytes[partial..].fill(0);
                target.blocks.insert(cut, PageBytes::Bytes(Rc::new(bytes)));
            }
        }
        target.size = size;
    }

    fn unlink(&mut self, object: ObjectId) {
        let target = &mut self.objects[object.index()];
        target.linked = false;
        if let Some(name) = target.name {
            self.by_name.remove(&name);
        }
    }

    fn drop_object(&mut self, object: ObjectId) {
        let target = &mut self.objects[object.index()];
        target.dropped = true;
        target.blocks.clear();
        target.holes.clear();
        target.fill_end = 0;
    }

    fn file_mut(&mut self, file: OpenFileId) -> &mut OpenFile {
        self.files[file.index()].as_mut().expect("descriptors refer to open files")
    }

    fn close_descriptor(&mut self, pid: Pid, fd: u32) {
        let file = self.process_mut(pid).descriptors.remove(&fd).expect("events speak of open descriptors");
        let open = self.file_mut(file);
        open.descriptors -= 1;
        self.forget_file_if_unused(file);
    }

    fn punch_hole(&mut self, object: ObjectId, first: FilePage, pages: u64) {
        let end = first.plus(pages);
        let page_bytes = self.page_bytes();
        let target = &mut self.objects[object.index()];
        target.blocks.retain(|page, _| *page < first || *page >= end);
        let filled = FilePage::new(target.fill_end.div_ceil(page_bytes));
        target.holes.insert(first, end.min(filled));
    }

    fn write_disk(&mut self, object: ObjectId, page: FilePage, pfn: Pfn, joined: bool) {
        let content = self.contents.get(pfn);
        let end = (page.get() + 1).saturating_mul(self.page_bytes());
        let target = &mut self.objects[object.index()];
        target.disk_size = target.disk_size.max(end.min(target.size));
        target.blocks.insert(page, content);
        self.step.disk_requests += u64::from(!joined);
        self.step.disk_writes += 1;
    }

    // Swap.

    fn write_slot(&mut self, slot: SlotId, pfn: Pfn) {
        let content = self.contents.get(pfn);
        if self.frames[pfn.index()].large {
            self.take_apart(pfn);
        }
        let fresh = Slot { used: true, content, refs: 0, frame: Some(pfn) };
        let unused = Slot { used: false, content: PageBytes::Zeros, refs: 0, frame: None };
        if slot.index() >= self.slots.len() {
            self.slots.resize(slot.index() + 1, unused);
        }
        self.slots[slot.index()] = fresh;
        self.free_slots.take(slot.get());
        self.frames[pfn.index()].set_slot(Some(slot));
        self.step.disk_requests += 1;
        self.step.swap_writes += 1;
    }

    fn read_slot(&mut self, slot: SlotId, pfn: Pfn) {
        self.slots[slot.index()].frame = Some(pfn);
        let frame = &mut self.frames[pfn.index()];
        frame.set_slot(Some(slot));
        self.contents.set(pfn, self.slots[slot.index()].content.clone());
        self.step.disk_requests += 1;
        self.step.swap_reads += 1;
    }

    fn free_slot(&mut self, slot: SlotId) {
        let place = &mut self.slots[slot.index()];
        if let Some(pfn) = place.frame.take() {
            self.frames[pfn.index()].set_slot(None);
        }
        place.used = false;
        place.content = PageBytes::Zeros;
        self.free_slots.give(slot.get());
    }

    // The end of everything in memory.

    fn lose_power(&mut self) {
        let config = &self.setup.config;
        for process in self.processes.iter_mut().flatten() {
            if process.life == Life::Alive {
                process.life = Life::Lost;
            }
            process.vmas.clear();
            process.descriptors.clear();
        }
        self.running = None;
        self.tables = Tables::default();
        self.memo.forget();
        // The policy goes on counting uses: one that knows the future must not lose its place in it.
        for (frame, number) in self.frames.iter_mut().zip(0..) {
            if !matches!(std::mem::replace(frame, Frame::empty()).holds, Holds::Free | Holds::Table(_)) {
                self.policy.freed(Pfn::new(number));
            }
        }
        self.contents = Contents::new(config.frames);
        self.free = FreeList::new(config.frames);
        self.tlb.flush();
        self.files.clear();
        self.slots.clear();
        self.free_slots = FreeList::new(config.swap);
        self.dirty_ages = ChunkedSet::default();
        self.dirty_since.fill(0);
        for object in &mut self.objects {
            object.cached = Default::default();
            object.swapped.clear();
            object.users = 0;
            object.size = object.disk_size;
            let lost = object.kind == ObjectKind::Shm || object.kind == ObjectKind::File && !object.linked;
            object.dropped |= lost;
            object.linked &= !lost;
        }
        self.reset_devices();
        let objects = &self.objects;
        self.by_name.retain(|_, object| objects[object.index()].linked);
    }
}
