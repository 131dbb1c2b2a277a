//! One sentence an event. Exhaustive without a `_`: a new event does not compile until it is told or kept silent.

use super::{Tell, Topic};
use vmcore::command::{Call, Command, KernelCommand};
use vmcore::device::DmaFault;
use vmcore::event::{Actor, Event, FaultCause, ReadPattern, Reason, Remedy};
use vmcore::pte::Pte;
use vmcore::state::State;
use vmcore::units::{AccessKind, FilePage, ObjectId, Pfn, Pid, Prot, TableId, Vpn};

/// What happens to an entry, for telling neighbours together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Cleared,
    Mapped,
    Swapped,
    Protected,
    Other,
}

pub(super) fn tell(state: &State, command: Option<&Command>, event: &Event) -> Tell {
    let teller = Teller { state, command };
    match *event {
        Event::StepBegan { .. }
        | Event::AnonFilled { .. }
        | Event::BytesWritten { .. }
        | Event::VmaFlagged { .. }
        | Event::VmaHoldsFile { .. }
        | Event::ReadEnded { .. }
        | Event::FileOpened { .. } => teller.quiet_before(event),

        Event::StepEnded { .. }
        | Event::TlbFilled { .. }
        | Event::FrameUsed { .. }
        | Event::FrameWanted { .. }
        | Event::WindowMoved { .. }
        | Event::FrameFreed { .. }
        | Event::PageCached { .. }
        | Event::PageUncached { .. }
        | Event::ObjectSwapped { .. }
        | Event::ObjectUnswapped { .. }
        | Event::SlotDetached { .. }
        | Event::SlotFreed { .. }
        | Event::DirtyMarked { .. }
        | Event::DirtyCleared { .. }
        | Event::OffsetMoved { .. }
        | Event::SizeSaved { .. }
        | Event::ObjectDropped { .. }
        | Event::TableRemoved { .. }
        | Event::HugeTakenApart { .. }
        | Event::FaultServed { .. } => Tell::After,

        Event::CallEntered { pid } => teller.call(pid),
        Event::CallReturned { pid, errno } => match errno {
            Some(errno) => kernel(format!("the call fails: {errno}.")),
            None => kernel(format!("returns to {}.", teller.process(pid))),
        },

        Event::ProcessCreated { pid } => {
            kernel(format!("{} begins, with an empty address space.", teller.process(pid)))
        }
        Event::ProcessForked { parent, child } => {
            kernel(format!("{} is a copy of {}.", teller.process(child), teller.process(parent)))
        }
        Event::Executed { pid, object, .. } => {
            kernel(format!("{} is {} now: its old address space is gone.", teller.process(pid), teller.object(object)))
        }
        Event::ProcessEnded { pid } => kernel(format!("{} has ended.", teller.process(pid))),
        Event::Switched { from, to } => match from {
            None => Tell::Before,
            Some(_) => kernel(format!("switches to {}: another root table.", teller.process(to))),
        },

        Event::AccessBegan { pid, va, kind } => cpu(format!("{} {} {va}.", teller.process(pid), asks(kind))),
        Event::TlbHit { vpn, .. } => mmu(format!("finds page {} in the TLB.", hex(vpn.get()))),
        Event::TlbMissed { vpn } => mmu(format!("no TLB entry for page {}.", hex(vpn.get()))),
        Event::EntryRead { table, index, entry, .. } => teller.entry_read(table, index, entry),
        Event::TlbDropped { slot } => teller.tlb_dropped(slot),
        Event::TlbFlushed => mmu("the TLB is emptied: its entries were another's.".to_owned()),
        Event::FaultRaised { va, cause, .. } => cpu(match cause {
            FaultCause::NotPresent => format!("traps: page fault at {va}, not present."),
            FaultCause::NotPermitted => format!("traps: page fault at {va}, not permitted."),
            FaultCause::NotCanonical => format!("traps: {va} is no address of this machine."),
        }),
        Event::Retried { .. } => cpu("tries the same instruction again.".to_owned()),
        Event::AccessDone { pid, kind, value, .. } => cpu(teller.done(pid, kind, value)),
        Event::SignalRaised { pid, code, .. } => {
            kernel(format!("{} gets {} ({}).", teller.process(pid), code.signal(), code.code()))
        }

        Event::VmaAdded { pid, start, pages, object, .. } => teller.vma_added(pid, start, pages, object),
        Event::VmaGrewDown { start, pages, .. } => {
            kernel(format!("the region at {} grows down by {}.", teller.address(start), count(pages)))
        }
        Event::BreakMoved { brk, .. } => kernel(format!("the heap ends at {brk} now.")),
        Event::VmaSplit { at, .. } => kernel(format!("cuts the region at {}.", teller.address(at))),
        Event::VmaMerged { at, .. } => kernel(format!("joins the regions at {}.", teller.address(at))),
        Event::VmaRemoved { pid, start } => {
            kernel(format!("removes {}'s region at {}.", teller.process(pid), teller.address(start)))
        }
        Event::VmaProtected { start, prot, .. } => {
            kernel(format!("the region at {} is {prot} now.", teller.address(start)))
        }
        Event::VmaFound { pid, start, va } => teller.vma_found(pid, start, va.get()),
        Event::VmaMissing { va, .. } => kernel(format!("no region covers {va}.")),
        Event::VmaForbids { kind, prot, .. } => {
            kernel(format!("the region is {prot}: {} is not allowed.", doing(kind)))
        }
        Event::BeyondEnd { object, page } => {
            kernel(format!("{} lies wholly beyond the end of the file.", teller.page(object, page)))
        }

        Event::TableAdded { table, level, frame, .. } => teller.table_added(table, level.into(), frame),
        Event::PteWritten { table, index, old, new } => teller.pte_written(table, index, old, new),
        Event::HugeSplit { table, index, .. } => teller.huge_split(table, index),
        Event::RemedyChosen { remedy, vpn } => teller.remedy(remedy, vpn),

        Event::HugeFilled { pfn, .. } => kernel(format!("takes {} and fills them with zeros.", teller.run(pfn))),
        Event::FrameTaken { pfn } => kernel(format!("takes free frame {pfn}.")),
        Event::VictimProbed { pfn } => {
            Tell::Say(Actor::Kernel, format!("frame {pfn} was used: a second chance."), Topic::Probes)
        }
        Event::VictimChosen { pfn, reason } => {
            kernel(format!("no frame is free: frame {pfn} must go, {}.", why(reason)))
        }
        Event::FrameZeroed { pfn } => kernel(format!("fills frame {pfn} with zeros.")),
        Event::PageCopied { from, to } => kernel(format!("copies frame {from} to frame {to}.")),
        Event::BytesFilled { pfn, .. } => match command {
            Some(Command::Kernel(KernelCommand::DmaWrite { .. })) => {
                Tell::Say(Actor::Device, format!("the bytes are in frame {pfn}: no copy, no fault."), Topic::Bytes)
            }
            _ => Tell::Say(Actor::Kernel, format!("writes into frame {pfn}."), Topic::Bytes),
        },
        Event::BytesCopied { from, to, len, .. } => {
            kernel(format!("copies {} from frame {from} to frame {to}.", bytes(len.into())))
        }
        Event::BytesCounted { bytes } => teller.bytes_counted(bytes),

        Event::CacheHit { object, page, pfn } => {
            kernel(format!("finds {} in the page cache: frame {pfn}. No disk.", teller.page(object, page)))
        }
        Event::CacheMissed { object, page } => {
            kernel(format!("{} is not in the page cache.", teller.page(object, page)))
        }
        Event::PageLazyFreed { pfn } => {
            kernel(format!("frame {pfn} may be dropped when memory is short, unless it is written."))
        }
        Event::ReadMarkSet { pfn } => kernel(format!("marks frame {pfn}: whoever comes to it starts the next read.")),
        Event::ReadMarkCleared { pfn } => kernel(format!("finds the mark on frame {pfn}: time to read on.")),
        Event::FileAdvised { pattern, .. } => kernel(match pattern {
            ReadPattern::Normal => "will read ahead as usual.".to_owned(),
            ReadPattern::Random => "will not read ahead in this file.".to_owned(),
            ReadPattern::Sequential => "will read ahead twice as far in this file.".to_owned(),
        }),
        Event::HolePunched { object, first, pages } => kernel(format!(
            "punches a hole into {}: {} from page {first} on read as zeros.",
            teller.object(object),
            count(pages)
        )),
        Event::ObjectCreated { name, .. } => match name {
            Some(name) => kernel(format!("creates {}, empty.", state.setup().name(name))),
            None => kernel("makes a nameless object of shared memory.".to_owned()),
        },
        Event::SizeChanged { object, size } => {
            kernel(format!("{} is {} long now.", teller.object(object), bytes(size)))
        }
        Event::Unlinked { object } => kernel(format!("the name {} is gone.", teller.object(object))),
        Event::DescriptorSet { pid, fd, .. } => {
            kernel(format!("{}'s descriptor {fd} refers to it.", teller.process(pid)))
        }
        Event::DescriptorClosed { pid, fd } => kernel(format!("closes {}'s descriptor {fd}.", teller.process(pid))),

        Event::DeviceWritten { object, page, .. } => teller.device_written(object, page),
        Event::IommuMapped { device, page, pfn, .. } => {
            let (device, page) = (teller.object(device), hex(page.get()));
            Tell::Say(Actor::Kernel, format!("pins frame {pfn}: {device}'s page {page} leads there."), Topic::Pins)
        }
        Event::IommuUnmapped { device, page, pfn } => {
            let (device, page) = (teller.object(device), hex(page.get()));
            Tell::Say(Actor::Kernel, format!("clears {device}'s page {page}: frame {pfn} is unpinned."), Topic::Pins)
        }
        Event::FrameOrphaned { pfn } => kernel(format!("frame {pfn} is pinned: it stays until the device lets go.")),
        Event::DmaBegan { device: object, iova, len, write } => {
            let (does, name) = (if write { "writes" } else { "reads" }, teller.object(object));
            device(format!("{name} {does} {} at its address {iova}.", bytes(len)))
        }
        Event::DmaTranslated { iova, pfn, .. } => match state.config().iommu {
            true => device(format!("the IOMMU leads {iova} to frame {pfn}.")),
            false => device(format!("without an IOMMU, {iova} is a physical address: frame {pfn}.")),
        },
        Event::DmaRefused { iova, cause, .. } => device(match cause {
            DmaFault::NoEntry => format!("the IOMMU refuses: it has no entry for {iova}."),
            DmaFault::ReadOnly => format!("the IOMMU refuses: {iova} may only be read."),
            DmaFault::NoMemory => format!("no memory lies at {iova}: the transfer fails."),
        }),

        Event::DiskRead { object, page, pfn, .. } => {
            disk(format!("reads {} into frame {pfn}.", teller.page(object, page)))
        }
        Event::HoleRead { object, page, pfn } => {
            kernel(format!("{} has nothing on a disk: frame {pfn} is filled.", teller.page(object, page)))
        }
        Event::DiskWritten { object, page, pfn, .. } => {
            disk(format!("writes frame {pfn} to {}.", teller.page(object, page)))
        }
        Event::SwapWritten { slot, pfn } => disk(format!("writes frame {pfn} to swap slot {slot}.")),
        Event::SwapRead { slot, pfn } => disk(format!("reads swap slot {slot} into frame {pfn}.")),
        Event::PowerLost => disk("The power is gone: memory is empty, the disk stays.".to_owned()),
    }
}

fn kernel(text: String) -> Tell {
    Tell::Say(Actor::Kernel, text, Topic::Alone)
}

fn cpu(text: String) -> Tell {
    Tell::Say(Actor::Cpu, text, Topic::Alone)
}

fn mmu(text: String) -> Tell {
    Tell::Say(Actor::Mmu, text, Topic::Alone)
}

fn disk(text: String) -> Tell {
    Tell::Say(Actor::Disk, text, Topic::Alone)
}

fn device(text: String) -> Tell {
    Tell::Say(Actor::Device, text, Topic::Alone)
}

/// Small numbers as they are, larger ones as addresses are written.
fn hex(number: u64) -> String {
    if number < 10 { number.to_string() } else { format!("{number:#x}") }
}

fn count(pages: u64) -> String {
    if pages == 1 { "1 page".to_owned() } else { format!("{pages} pages") }
}

fn bytes(count: u64) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}

fn asks(kind: AccessKind) -> &'static str {
    match kind {
        AccessKind::Load => "loads from",
        AccessKind::Store => "stores to",
        AccessKind::Fetch => "fetches an instruction from",
    }
}

fn doing(kind: AccessKind) -> &'static str {
    match kind {
        AccessKind::Load => "reading",
        AccessKind::Store => "writing",
        AccessKind::Fetch => "executing",
    }
}

/// The victim's reason, as the interface shows it.
pub fn why(reason: Reason) -> String {
    match reason {
        Reason::OldestArrival => "the oldest arrival".to_owned(),
        Reason::LongestUnused => "the longest unused".to_owned(),
        Reason::LatestUsed => "the last used".to_owned(),
        Reason::BitClear => "its reference bit is clear".to_owned(),
        Reason::NotRecentlyUsed { referenced, modified } => format!(
            "{} and {}, and none is of a lower class",
            if referenced { "recently used" } else { "not recently used" },
            if modified { "modified" } else { "clean" },
        ),
        Reason::FewestUses(1) => "used once, and none less often".to_owned(),
        Reason::FewestUses(uses) => format!("used {uses} times, and none less often"),
        Reason::LowestAge(age) => format!("its register of reference bits, {age:08b}, is the lowest"),
        Reason::Drawn { place, of } => format!("drawn at random: number {} of {of} in order of arrival", place + 1),
        Reason::NextUse(u64::MAX) | Reason::SoonestUse(u64::MAX) => "it is never used again".to_owned(),
        Reason::NextUse(at) => format!("its next use, number {} of the run, is farthest away", at + 1),
        Reason::SoonestUse(at) => format!("its next use, number {} of the run, is nearest", at + 1),
        Reason::LongestUnusedOfOnce => "the longest unused of the pages used once".to_owned(),
        Reason::LongestUnusedOfAgain => "the longest unused of the pages used again".to_owned(),
        Reason::NotVisited => "the hand finds it not used since it came or was last passed".to_owned(),
        Reason::FailedTrial => "it was hardly used in the small queue".to_owned(),
        Reason::UsedUp => "its uses are used up in the main queue".to_owned(),
        Reason::Inactive => "the oldest inactive page, and not accessed since it was last looked at".to_owned(),
    }
}

/// A byte as a reader would say it.
fn byte(value: u8) -> String {
    if value.is_ascii_graphic() { format!("'{}'", char::from(value)) } else { format!("{value:#04x}") }
}

struct Teller<'a> {
    state: &'a State,
    command: Option<&'a Command>,
}

impl Teller<'_> {
    fn quiet_before(&self, event: &Event) -> Tell {
        // Bytes of a store belong to the sentence that ends the access; those of a write are told.
        match (event, self.command) {
            (Event::BytesWritten { pfn, .. }, Some(Command::Kernel(_))) => {
                Tell::Say(Actor::Device, format!("the bytes are in frame {pfn}: no copy, no fault."), Topic::Bytes)
            }
            (Event::BytesWritten { pfn, .. }, Some(Command::Call { .. })) => {
                Tell::Say(Actor::Kernel, format!("copies bytes into frame {pfn}."), Topic::Bytes)
            }
            _ => Tell::Before,
        }
    }

    fn process(&self, pid: Pid) -> &str {
        self.state.setup().process_name(pid)
    }

    fn object(&self, object: ObjectId) -> String {
        let name = self.state.objects().nth(object.index()).and_then(|(_, object)| object.name());
        name.map_or_else(|| "shared memory".to_owned(), |name| self.state.setup().name(name).to_string())
    }

    fn page(&self, object: ObjectId, page: FilePage) -> String {
        format!("{} page {page}", self.object(object))
    }

    fn address(&self, vpn: Vpn) -> String {
        self.state.format().address(vpn).to_string()
    }

    fn level_name(&self, level: usize) -> &str {
        &self.state.format().levels[level].name
    }

    fn call(&self, pid: Pid) -> Tell {
        let name = match self.command {
            Some(Command::Call { call, .. }) => call.name(),
            _ => "the kernel",
        };
        cpu(format!("{} calls {name}.", self.process(pid)))
    }

    fn table_added(&self, table: TableId, level: usize, frame: Option<Pfn>) -> Tell {
        let name = self.level_name(level);
        match (frame, self.state.format().table_pages(level)) {
            (Some(first), 1) => kernel(format!("takes free frame {first} for a new {name}.")),
            (Some(first), pages) => {
                let last = u64::from(first.get()) + pages - 1;
                kernel(format!("takes free frames {first} to {last} for a new {name}."))
            }
            (None, _) if level == 0 => Tell::After,
            (None, _) => kernel(format!("makes a new {name} (table {table}).")),
        }
    }

    /// The frames of a huge page.
    fn run(&self, first: Pfn) -> String {
        let pages = self.state.format().huge_pages().unwrap_or(1);
        format!("frames {first} to {}", u64::from(first.get()) + pages - 1)
    }

    fn held(&self, entry: Pte, pfn: Pfn) -> String {
        if entry.is_huge() { self.run(pfn) } else { format!("frame {pfn}") }
    }

    fn entry_named(&self, table: TableId, index: u32) -> String {
        let level = self.state.table(table).level();
        match level + 1 == self.state.format().levels.len() {
            true => format!("entry {}", hex(index.into())),
            false => format!("entry {} of the {}", hex(index.into()), self.level_name(level)),
        }
    }

    fn huge_split(&self, table: TableId, index: u32) -> Tell {
        let name = self.process(self.state.table(table).pid());
        let entry = self.entry_named(table, index);
        kernel(format!("splits the huge page of {name}'s {entry}: its pages get entries of their own."))
    }

    /// A table by its frame, or by its own number where tables take none.
    fn table(&self, table: TableId) -> String {
        match self.state.table(table).frame() {
            Some(pfn) => format!("the table in frame {pfn}"),
            None => format!("table {table}"),
        }
    }

    fn entry_read(&self, table: TableId, index: u32, entry: Pte) -> Tell {
        let place = self.entry_named(table, index);
        let found = match (entry.next_table(), entry.pfn(), entry.slot()) {
            (Some(next), _, _) => self.table(next),
            _ if entry.is_zero() && entry.is_huge() => "the huge page of zeros, read-only".to_owned(),
            _ if entry.is_zero() => "the zero frame, read-only".to_owned(),
            _ if entry.is_present() && entry.device_frame().is_some() => self.device_place(entry),
            (_, _, Some(_)) => "not present, in swap".to_owned(),
            (_, Some(pfn), _) if entry.is_present() => format!("{}, {}", self.held(entry, pfn), rights(entry)),
            _ => "not present".to_owned(),
        };
        mmu(format!("reads {place}: {found}."))
    }

    /// What an entry of device memory leads to.
    fn device_place(&self, entry: Pte) -> String {
        let place = self.state.device_page(entry);
        place.map_or_else(String::new, |(object, page)| format!("{}, {}", self.page(object, page), rights(entry)))
    }

    /// Bytes that a program stores belong to the sentence that ends the access; those of a call are told.
    fn device_written(&self, object: ObjectId, page: FilePage) -> Tell {
        match self.command {
            Some(Command::Call { .. }) => {
                Tell::Say(Actor::Kernel, format!("writes into {}.", self.page(object, page)), Topic::Bytes)
            }
            _ => Tell::Before,
        }
    }

    fn tlb_dropped(&self, slot: u32) -> Tell {
        match self.state.tlb().slots()[slot as usize] {
            Some(entry) => mmu(format!("page {} leaves the TLB.", hex(entry.vpn.get()))),
            None => Tell::After,
        }
    }

    fn done(&self, pid: Pid, kind: AccessKind, value: u8) -> String {
        match kind {
            AccessKind::Load => format!("{} has the byte {}.", self.process(pid), byte(value)),
            AccessKind::Store => format!("the byte {} is stored.", byte(value)),
            AccessKind::Fetch => "the instruction is fetched.".to_owned(),
        }
    }

    fn vma_added(&self, pid: Pid, start: Vpn, pages: u64, object: Option<ObjectId>) -> Tell {
        let of = object.map_or_else(|| "anonymous memory".to_owned(), |object| self.object(object));
        let end = self.state.format().address(start.plus(pages)).get() - 1;
        kernel(format!("{}: {}–{end:#x} is {of}. No page is touched.", self.process(pid), self.address(start)))
    }

    fn vma_found(&self, pid: Pid, start: Vpn, va: u64) -> Tell {
        let Some(vma) = self.state.vma(pid, start) else { return Tell::After };
        let of = vma.object.map_or_else(|| "anonymous memory".to_owned(), |object| self.object(object));
        kernel(format!("{va:#x} lies in a region of {of}, {}.", vma.prot))
    }

    fn pte_written(&self, table: TableId, index: u32, old: Pte, new: Pte) -> Tell {
        let owner = self.state.table(table);
        if old.next_table().is_some() || new.next_table().is_some() {
            return Tell::After;
        }
        // The accessed and dirty bits are hardware's own doing.
        if old == new || old.touched(true) == new.touched(true) && old.is_present() {
            return Tell::After;
        }
        let name = self.process(owner.pid());
        let entry = format!("{name}'s {}", self.entry_named(table, index));
        let (change, text) = match (new.pfn(), new.slot()) {
            _ if new.is_empty() => (Change::Cleared, format!("clears {entry}.")),
            (_, Some(slot)) => (Change::Swapped, format!("{entry} names swap slot {slot} now.")),
            (Some(pfn), _) if old.pfn() == Some(pfn) && old.is_writable() && !new.is_writable() => {
                (Change::Protected, format!("makes {entry} read-only."))
            }
            (Some(pfn), _) if old.pfn() == Some(pfn) => {
                (Change::Other, format!("{entry}: {}, {} now.", self.held(new, pfn), rights(new)))
            }
            (Some(pfn), _) => (Change::Mapped, format!("writes {entry}: {}, {}.", self.held(new, pfn), rights(new))),
            (None, None) if new.is_huge() => {
                (Change::Mapped, format!("writes {entry}: the huge page of zeros, read-only."))
            }
            (None, None) if new.device_frame().is_some() => {
                (Change::Mapped, format!("writes {entry}: {}. No frame is taken.", self.device_place(new)))
            }
            (None, None) => (Change::Mapped, format!("writes {entry}: the zero frame, read-only.")),
        };
        Tell::Say(Actor::Kernel, text, Topic::Entries { pid: owner.pid().get(), change })
    }

    fn remedy(&self, remedy: Remedy, vpn: Vpn) -> Tell {
        let page = hex(vpn.get());
        match remedy {
            Remedy::ZeroFill => kernel(format!("page {page} needs a fresh frame of zeros.")),
            Remedy::MapZero => kernel(format!("page {page} is only read: the zero frame will do.")),
            Remedy::ZeroFillHuge => kernel(format!("from page {page} on a whole huge page is mapped at once.")),
            Remedy::MapZeroHuge => kernel(format!("page {page} is only read: the huge page of zeros will do.")),
            Remedy::MapObject => Tell::After,
            Remedy::CopyObject => kernel("a private store: a copy is needed at once.".to_owned()),
            Remedy::NoticeWrite => kernel("the first store: the page becomes dirty.".to_owned()),
            Remedy::CopyOnWrite => kernel("the frame is shared: a copy is needed.".to_owned()),
            Remedy::Reuse => kernel("nobody else maps the frame: no copy is needed.".to_owned()),
            Remedy::SwapIn => kernel(format!("page {page} lies in swap.")),
            Remedy::Spurious => kernel("the entry permits it already: only the TLB was stale.".to_owned()),
        }
    }

    fn bytes_counted(&self, count: u64) -> Tell {
        match self.command {
            Some(Command::Call { pid, call: Call::Read { .. } }) => {
                kernel(format!("has copied {} to {}.", bytes(count), self.process(*pid)))
            }
            Some(Command::Call { pid, .. }) => {
                kernel(format!("has copied {} from {}.", bytes(count), self.process(*pid)))
            }
            _ => Tell::After,
        }
    }
}

fn rights(entry: Pte) -> Prot {
    let mut prot = Prot::READ;
    if entry.is_writable() {
        prot = prot.with(Prot::WRITE);
    }
    if entry.is_executable() {
        prot = prot.with(Prot::EXEC);
    }
    prot
}
