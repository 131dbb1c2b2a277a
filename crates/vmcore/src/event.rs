//! Everything that can happen, one past-tense fact a variant, with all operands.
//!
//! Owns: the facts and who brings them about. Does not own: their effect ([`state`](crate::state) applies them) or
//! their wording (the `script` crate narrates them).
//!
//! Events are small and `Copy`, so that a step can emit thousands; they are made again by replay rather than kept.

use crate::device::DmaFault;
use crate::object::ObjectKind;
use crate::outcome::{Errno, SignalCode};
use crate::policy::PageKey;
use crate::pte::Pte;
use crate::state::State;
use crate::units::{
    AccessKind, FilePage, NameId, ObjectId, OpenFileId, Pfn, Pid, Prot, SlotId, TableId, VirtAddr, Vpn,
};
use serde::{Deserialize, Serialize};

/// Who brings an event about: the lane that it is drawn in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Actor {
    /// The program's instruction.
    Cpu,
    /// Address translation in hardware: TLB and walk.
    Mmu,
    /// The operating system.
    Kernel,
    /// The disk.
    Disk,
    /// A device, by itself.
    Device,
}

/// Why hardware handed an access to the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum FaultCause {
    /// No valid entry.
    NotPresent,
    /// A valid entry that does not permit it.
    NotPermitted,
    /// Not an address of this format.
    NotCanonical,
}

/// How the kernel mends a fault; Linux `mm/memory.c`, `handle_pte_fault`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Remedy {
    /// A fresh frame of zeros.
    ZeroFill,
    /// The one zero frame, read-only.
    MapZero,
    /// The object's page, shared with the page cache.
    MapObject,
    /// The object's page is copied at once, for a private write.
    CopyObject,
    /// The first store to a mapped shared page: it becomes dirty and writable.
    NoticeWrite,
    /// A page shared since fork, or a file's page privately mapped, is copied.
    CopyOnWrite,
    /// The last owner keeps the frame.
    Reuse,
    /// A huge page of zeros, in frames side by side.
    ZeroFillHuge,
    /// The one huge page of zeros, read-only.
    MapZeroHuge,
    /// The page comes back from swap.
    SwapIn,
    /// The entry permits the access already: only the TLB's copy was stale.
    Spurious,
}

/// Why a victim was chosen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Reason {
    /// FIFO: filled before all others.
    OldestArrival,
    /// LRU: used longest ago.
    LongestUnused,
    /// MRU: used last of all.
    LatestUsed,
    /// CLOCK: the hand found its reference bit clear.
    BitClear,
    /// NRU: the lowest class there is.
    NotRecentlyUsed {
        /// Used since the bits were last cleared.
        referenced: bool,
        /// Has to be written before it goes.
        modified: bool,
    },
    /// LFU: used so often since it came, its coming included, and no other less often.
    FewestUses(u64),
    /// Aging: this register of reference bits is the lowest.
    LowestAge(u8),
    /// Random: this place in the order of filling was drawn.
    Drawn {
        /// The place, from 0.
        place: u32,
        /// Out of so many.
        of: u32,
    },
    /// OPT: next used at this use, counted from the start, and no other later; `u64::MAX` is never.
    NextUse(u64),
    /// UNOPT: next used at this use, and no other sooner.
    SoonestUse(u64),
    /// ARC: longest unused of the pages used once.
    LongestUnusedOfOnce,
    /// ARC: longest unused of the pages used again.
    LongestUnusedOfAgain,
    /// SIEVE: the hand found that it was not used since it came or was last passed.
    NotVisited,
    /// S3-FIFO: hardly used in the small queue.
    FailedTrial,
    /// S3-FIFO: its uses are used up in the main queue.
    UsedUp,
    /// Two lists: oldest of the inactive list, and not accessed since it was last looked at.
    Inactive,
}

/// Flags of a region beside its protection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct VmaFlags(u16);

impl VmaFlags {
    /// `MAP_SHARED`.
    pub const SHARED: Self = Self(1);
    /// A private page was made in it at some time: fork copies its entries (Linux: it has an `anon_vma`).
    pub const HAD_COPY: Self = Self(1 << 1);
    /// Its descriptor may write: mprotect may grant writing to a shared mapping (`VM_MAYWRITE`).
    pub const MAY_WRITE: Self = Self(1 << 2);
    /// `mlock`, `MAP_LOCKED`: its pages stay (`VM_LOCKED`).
    pub const LOCKED: Self = Self(1 << 3);
    /// `MADV_SEQUENTIAL` (`VM_SEQ_READ`).
    pub const SEQUENTIAL: Self = Self(1 << 4);
    /// `MADV_RANDOM` (`VM_RAND_READ`).
    pub const RANDOM: Self = Self(1 << 5);
    /// `MADV_DONTFORK` (`VM_DONTCOPY`).
    pub const DONT_FORK: Self = Self(1 << 6);
    /// `MADV_WIPEONFORK` (`VM_WIPEONFORK`).
    pub const WIPE_ON_FORK: Self = Self(1 << 7);
    /// `MAP_GROWSDOWN` (`VM_GROWSDOWN`).
    pub const GROWS_DOWN: Self = Self(1 << 8);
    /// `MADV_HUGEPAGE` (`VM_HUGEPAGE`).
    pub const HUGE: Self = Self(1 << 9);
    /// `MADV_NOHUGEPAGE` (`VM_NOHUGEPAGE`).
    pub const NO_HUGE: Self = Self(1 << 10);
    /// Private memory that was ever writable: the kernel has promised to have it (`VM_ACCOUNT`). It shows only in which
    /// regions join.
    pub const PROMISED: Self = Self(1 << 11);
    /// `MAP_NORESERVE`: no promise (`VM_NORESERVE`).
    pub const NO_RESERVE: Self = Self(1 << 12);

    /// Both sets.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without those of `other`.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether all of `other` is set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// How a file will be read, as `posix_fadvise` says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum ReadPattern {
    /// `POSIX_FADV_NORMAL`.
    #[default]
    Normal,
    /// `POSIX_FADV_RANDOM`: reading ahead would be a waste.
    Random,
    /// `POSIX_FADV_SEQUENTIAL`: windows are twice as large.
    Sequential,
}

/// Most bytes that one [`Event::BytesWritten`] carries: a page of the textbook machine.
pub const CHUNK: usize = 16;

/// A fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "fields are the operands that each sentence names")]
pub enum Event {
    // The step itself.
    /// A step begins: a process's, or with `None` the kernel's own.
    StepBegan { pid: Option<Pid> },
    /// A system call enters the kernel.
    CallEntered { pid: Pid },
    /// A system call comes back: with an errno, or well.
    CallReturned { pid: Pid, errno: Option<Errno> },
    /// The step is over; what it counted joins the totals.
    StepEnded { pid: Option<Pid> },

    // Processes.
    /// A process comes into being, with an empty address space.
    ProcessCreated { pid: Pid },
    /// A process is copied: descriptors now, mappings by the events that follow.
    ProcessForked { parent: Pid, child: Pid },
    /// A process executes another program: its address space is empty, and its heap will begin here.
    Executed { pid: Pid, object: ObjectId, heap: Vpn },
    /// A process has ended; its mappings and descriptors are gone.
    ProcessEnded { pid: Pid },
    /// The CPU now runs this process: its root table is in the base register.
    Switched { from: Option<Pid>, to: Pid },

    // The CPU and the MMU.
    /// The CPU asks for an address.
    AccessBegan { pid: Pid, va: VirtAddr, kind: AccessKind },
    /// The TLB knows the page.
    TlbHit { slot: u32, vpn: Vpn },
    /// The TLB does not.
    TlbMissed { vpn: Vpn },
    /// The walk reads an entry.
    EntryRead { table: TableId, index: u32, level: u8, entry: Pte },
    /// The TLB keeps a translation.
    TlbFilled { slot: u32, pid: Pid, vpn: Vpn, entry: Pte },
    /// One translation leaves the TLB.
    TlbDropped { slot: u32 },
    /// All translations leave the TLB.
    TlbFlushed,
    /// Hardware gives up and traps into the kernel.
    FaultRaised { pid: Pid, va: VirtAddr, kind: AccessKind, cause: FaultCause },
    /// The instruction is tried again.
    Retried { pid: Pid, va: VirtAddr },
    /// The byte was loaded, stored or fetched. `tlb` is whether the last translation hit; `reads` what its walk read.
    AccessDone { pid: Pid, va: VirtAddr, kind: AccessKind, value: u8, tlb: Option<bool>, reads: u8, pfn: Option<Pfn> },
    /// The access was refused; it counts its last translation, and nothing else.
    SignalRaised { pid: Pid, va: VirtAddr, code: SignalCode, tlb: Option<bool>, reads: u8 },

    // Regions.
    /// A region exists.
    VmaAdded {
        pid: Pid,
        start: Vpn,
        pages: u64,
        prot: Prot,
        flags: VmaFlags,
        object: Option<ObjectId>,
        first: FilePage,
    },
    /// A region of a file keeps the open file it was mapped through, whatever becomes of the descriptor.
    VmaHoldsFile { pid: Pid, start: Vpn, file: OpenFileId },
    /// A region that grows down did so, by so many pages below its start.
    VmaGrewDown { pid: Pid, start: Vpn, pages: u64 },
    /// The end of the heap moved.
    BreakMoved { pid: Pid, brk: VirtAddr },
    /// A region is cut in two at this page.
    VmaSplit { pid: Pid, at: Vpn },
    /// The region that starts here joins the one below it.
    VmaMerged { pid: Pid, at: Vpn },
    /// A region is gone.
    VmaRemoved { pid: Pid, start: Vpn },
    /// A region's protection changed.
    VmaProtected { pid: Pid, start: Vpn, prot: Prot },
    /// A region's flags changed.
    VmaFlagged { pid: Pid, start: Vpn, flags: VmaFlags },
    /// The kernel looked up the region of an address.
    VmaFound { pid: Pid, start: Vpn, va: VirtAddr },
    /// No region covers the address.
    VmaMissing { pid: Pid, va: VirtAddr },
    /// The region does not permit the access.
    VmaForbids { pid: Pid, va: VirtAddr, kind: AccessKind, prot: Prot },
    /// The page lies wholly beyond the end of the object.
    BeyondEnd { object: ObjectId, page: FilePage },

    // Tables.
    /// A page table was made; with `tables_in_frames` it takes free frames from `frame` on.
    TableAdded { table: TableId, pid: Pid, level: u8, base: Vpn, frame: Option<Pfn> },
    /// A page table was given back, and its frames with it.
    TableRemoved { table: TableId },
    /// An entry changed.
    PteWritten { table: TableId, index: u32, old: Pte, new: Pte },
    /// The pages of a huge page got entries of their own in the table `into`, which say the same.
    HugeSplit { table: TableId, index: u32, into: TableId },
    /// The frames that a huge page was filled with, from this one on, belong together no longer.
    HugeTakenApart { pfn: Pfn },

    // Faults.
    /// The kernel knows what to do.
    RemedyChosen { remedy: Remedy, vpn: Vpn },
    /// A fault was served; major if it had to read the disk.
    FaultServed { pid: Pid, vpn: Vpn, major: bool },

    // Frames.
    /// A page is about to be brought in: a policy with ghosts hears which, before it is asked for a victim.
    FrameWanted { key: PageKey },
    /// A free frame is taken.
    FrameTaken { pfn: Pfn },
    /// The policy looked at a frame and gave it another chance.
    VictimProbed { pfn: Pfn },
    /// The policy names the page that must go.
    VictimChosen { pfn: Pfn, reason: Reason },
    /// A frame is free again.
    FrameFreed { pfn: Pfn, evicted: bool },
    /// A frame was filled with zeros.
    FrameZeroed { pfn: Pfn },
    /// A frame's content was copied to another: a page of its own for the writer.
    PageCopied { from: Pfn, to: Pfn },
    /// A frame holds a private page, first mapped here.
    AnonFilled { pfn: Pfn, pid: Pid, vpn: Vpn },
    /// As many free frames as a huge page has pages, from this one on, were taken and hold its zeros; mapped from `vpn` on.
    HugeFilled { pfn: Pfn, pid: Pid, vpn: Vpn },
    /// A private page may be dropped rather than swapped out, as long as nobody writes it (`MADV_FREE`).
    PageLazyFreed { pfn: Pfn },
    /// The kernel used a page while copying: a use in the sense of the policies.
    FrameUsed { pfn: Pfn },
    /// Bytes of a frame were written.
    BytesWritten { pfn: Pfn, offset: u32, len: u8, bytes: [u8; CHUNK] },
    /// A stretch of a frame was filled with one byte.
    BytesFilled { pfn: Pfn, offset: u32, len: u32, byte: u8 },
    /// Bytes were copied from one frame to another by read or write.
    BytesCopied { from: Pfn, from_offset: u32, to: Pfn, to_offset: u32, len: u32 },
    /// read or write moved so many bytes between the page cache and the program.
    BytesCounted { bytes: u64 },

    // The page cache, files and other objects.
    /// The page cache has the page.
    CacheHit { object: ObjectId, page: FilePage, pfn: Pfn },
    /// The page cache does not have it.
    CacheMissed { object: ObjectId, page: FilePage },
    /// A frame now holds a page of an object.
    PageCached { object: ObjectId, page: FilePage, pfn: Pfn },
    /// The page cache forgets a page.
    PageUncached { object: ObjectId, page: FilePage, pfn: Pfn },
    /// A page of the page cache is newer than the disk's.
    DirtyMarked { pfn: Pfn },
    /// A page of the page cache equals the disk's again.
    DirtyCleared { pfn: Pfn },
    /// The page that says when to read on: whoever comes to it starts the next read.
    ReadMarkSet { pfn: Pfn },
    /// The mark has done its work.
    ReadMarkCleared { pfn: Pfn },
    /// The window of pages that was last read ahead through an open file; its last `ahead` pages were not asked for.
    WindowMoved { file: OpenFileId, start: FilePage, size: u32, ahead: u32 },
    /// Where the last read through an open file ended, in bytes.
    ReadEnded { file: OpenFileId, offset: u64 },
    /// An open file was told how it will be read.
    FileAdvised { file: OpenFileId, pattern: ReadPattern },
    /// Pages of an object were given back to the disk: they read as zeros.
    HolePunched { object: ObjectId, first: FilePage, pages: u64 },
    /// An object came into being, empty.
    ObjectCreated { object: ObjectId, kind: ObjectKind, name: Option<NameId> },
    /// An object has another length.
    SizeChanged { object: ObjectId, size: u64 },
    /// The disk knows the object's length now.
    SizeSaved { object: ObjectId },
    /// The name is gone.
    Unlinked { object: ObjectId },
    /// Nobody has it open or mapped and its name is gone: its space is given back.
    ObjectDropped { object: ObjectId },
    /// An open file description was made.
    FileOpened { file: OpenFileId, object: ObjectId, read: bool, write: bool },
    /// A descriptor refers to it.
    DescriptorSet { pid: Pid, fd: u32, file: OpenFileId },
    /// A descriptor is closed.
    DescriptorClosed { pid: Pid, fd: u32 },
    /// The file offset moved.
    OffsetMoved { file: OpenFileId, offset: u64 },

    // Devices.
    /// Bytes of a device's memory were written.
    DeviceWritten { object: ObjectId, page: FilePage, offset: u32, len: u8, bytes: [u8; CHUNK] },
    /// The device's page leads to this frame now, which is pinned.
    IommuMapped { device: ObjectId, page: Vpn, pfn: Pfn, writable: bool },
    /// It leads nowhere any more; the frame is pinned once less.
    IommuUnmapped { device: ObjectId, page: Vpn, pfn: Pfn },
    /// The page cache has forgotten a page whose frame a device may still reach: it is nobody else's now.
    FrameOrphaned { pfn: Pfn },
    /// A device begins to write or read so many bytes of memory.
    DmaBegan { device: ObjectId, iova: VirtAddr, len: u64, write: bool },
    /// The IOMMU led the device's address to a frame; or, without one, the address did.
    DmaTranslated { device: ObjectId, iova: VirtAddr, pfn: Pfn },
    /// The transfer ends here.
    DmaRefused { device: ObjectId, iova: VirtAddr, cause: DmaFault },

    // The disk.
    /// A page was read from its file; `joined` to the request before it.
    DiskRead { object: ObjectId, page: FilePage, pfn: Pfn, joined: bool },
    /// The file has no block there: zeros, and no disk.
    HoleRead { object: ObjectId, page: FilePage, pfn: Pfn },
    /// A page was written to its file; `joined` to the request before it.
    DiskWritten { object: ObjectId, page: FilePage, pfn: Pfn, joined: bool },
    /// A private page was written to swap.
    SwapWritten { slot: SlotId, pfn: Pfn },
    /// A private page was read from swap; it keeps its slot until it is changed.
    SwapRead { slot: SlotId, pfn: Pfn },
    /// A page of an object without a disk now lies in this slot.
    ObjectSwapped { object: ObjectId, page: FilePage, slot: SlotId },
    /// A page of an object is no longer in this slot: it was cut off.
    ObjectUnswapped { object: ObjectId, page: FilePage, slot: SlotId },
    /// A frame was changed: its copy in swap is no longer true.
    SlotDetached { slot: SlotId, pfn: Pfn },
    /// A swap slot is free again.
    SlotFreed { slot: SlotId },
    /// The power is gone, and all memory with it.
    PowerLost,
}

impl Event {
    /// Who brings it about.
    pub fn actor(&self) -> Actor {
        match self {
            Self::AccessBegan { .. } | Self::AccessDone { .. } | Self::Retried { .. } | Self::FaultRaised { .. } => {
                Actor::Cpu
            }
            Self::TlbHit { .. } | Self::TlbMissed { .. } | Self::EntryRead { .. } | Self::TlbFilled { .. } => {
                Actor::Mmu
            }
            Self::DiskRead { .. }
            | Self::DiskWritten { .. }
            | Self::SwapWritten { .. }
            | Self::SwapRead { .. }
            | Self::PowerLost => Actor::Disk,
            Self::DmaBegan { .. } | Self::DmaTranslated { .. } | Self::DmaRefused { .. } => Actor::Device,
            Self::StepBegan { .. }
            | Self::CallEntered { .. }
            | Self::CallReturned { .. }
            | Self::StepEnded { .. }
            | Self::ProcessCreated { .. }
            | Self::ProcessForked { .. }
            | Self::ProcessEnded { .. }
            | Self::Executed { .. }
            | Self::Switched { .. }
            | Self::TlbDropped { .. }
            | Self::TlbFlushed
            | Self::SignalRaised { .. }
            | Self::VmaAdded { .. }
            | Self::VmaHoldsFile { .. }
            | Self::VmaGrewDown { .. }
            | Self::BreakMoved { .. }
            | Self::VmaSplit { .. }
            | Self::VmaMerged { .. }
            | Self::VmaRemoved { .. }
            | Self::VmaProtected { .. }
            | Self::VmaFlagged { .. }
            | Self::VmaFound { .. }
            | Self::VmaMissing { .. }
            | Self::VmaForbids { .. }
            | Self::BeyondEnd { .. }
            | Self::TableAdded { .. }
            | Self::TableRemoved { .. }
            | Self::PteWritten { .. }
            | Self::HugeSplit { .. }
            | Self::HugeFilled { .. }
            | Self::HugeTakenApart { .. }
            | Self::RemedyChosen { .. }
            | Self::FaultServed { .. }
            | Self::FrameWanted { .. }
            | Self::FrameTaken { .. }
            | Self::VictimProbed { .. }
            | Self::VictimChosen { .. }
            | Self::FrameFreed { .. }
            | Self::FrameZeroed { .. }
            | Self::PageCopied { .. }
            | Self::AnonFilled { .. }
            | Self::PageLazyFreed { .. }
            | Self::FrameUsed { .. }
            | Self::BytesWritten { .. }
            | Self::BytesFilled { .. }
            | Self::BytesCopied { .. }
            | Self::BytesCounted { .. }
            | Self::CacheHit { .. }
            | Self::CacheMissed { .. }
            | Self::PageCached { .. }
            | Self::PageUncached { .. }
            | Self::DirtyMarked { .. }
            | Self::DirtyCleared { .. }
            | Self::ReadMarkSet { .. }
            | Self::ReadMarkCleared { .. }
            | Self::WindowMoved { .. }
            | Self::ReadEnded { .. }
            | Self::FileAdvised { .. }
            | Self::HolePunched { .. }
            | Self::ObjectCreated { .. }
            | Self::SizeChanged { .. }
            | Self::SizeSaved { .. }
            | Self::Unlinked { .. }
            | Self::ObjectDropped { .. }
            | Self::FileOpened { .. }
            | Self::DescriptorSet { .. }
            | Self::DescriptorClosed { .. }
            | Self::OffsetMoved { .. }
            | Self::DeviceWritten { .. }
            | Self::IommuMapped { .. }
            | Self::IommuUnmapped { .. }
            | Self::FrameOrphaned { .. }
            | Self::HoleRead { .. }
            | Self::ObjectSwapped { .. }
            | Self::ObjectUnswapped { .. }
            | Self::SlotDetached { .. }
            | Self::SlotFreed { .. } => Actor::Kernel,
        }
    }
}

/// Who listens to a run. With [`ON`](Self::ON) false nothing is built for an event that nobody hears.
pub trait Recorder {
    /// Whether events are wanted at all.
    const ON: bool;

    /// Hears an event, after it has been applied to `state`.
    fn record(&mut self, state: &State, event: Event);
}

/// Nobody listens.
pub struct Unobserved;

impl Recorder for Unobserved {
    const ON: bool = false;

    #[inline(always)]
    fn record(&mut self, _: &State, _: Event) {}
}

impl Recorder for Vec<Event> {
    const ON: bool = true;

    #[inline]
    fn record(&mut self, _: &State, event: Event) {
        self.push(event);
    }
}

/// An event is at most this large; a step may hold thousands.
const _: () = assert!(size_of::<Event>() <= 40);
