//! Processes and their regions (VMAs).
//!
//! Owns: the shape of an address space in regions. Does not own: page tables, or the rules of the calls.

use crate::event::{ReadPattern, VmaFlags};
use crate::outcome::Counters;
use crate::sorted::SortedMap;
use crate::units::{FilePage, ObjectId, OpenFileId, Pfn, Prot, TableId, VirtAddr, Vpn};

/// A region of an address space; Linux's `vm_area_struct`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Vma {
    /// Its first page.
    pub start: Vpn,
    /// How many pages.
    pub pages: u64,
    /// What is permitted.
    pub prot: Prot,
    /// Shared or private, and more.
    pub flags: VmaFlags,
    /// What it maps; private anonymous memory has nothing.
    pub object: Option<ObjectId>,
    /// The page of the object that its first page maps. Private anonymous memory counts its pages from address 0, where
    /// the region was when it was first written (Linux's `vm_pgoff`): regions that moved apart do not join.
    pub first: FilePage,
    /// The open file that it was mapped through; it stays open for the region's sake.
    pub file: Option<OpenFileId>,
}

impl Vma {
    /// The first page after it.
    pub fn end(&self) -> Vpn {
        self.start.plus(self.pages)
    }

    /// Whether it covers a page.
    #[inline]
    pub fn covers(&self, vpn: Vpn) -> bool {
        vpn >= self.start && vpn < self.end()
    }

    /// Whether stores are for all to see.
    pub fn is_shared(&self) -> bool {
        self.flags.has(VmaFlags::SHARED)
    }

    /// The page of the object that a page of the region maps.
    #[inline]
    pub fn file_page(&self, vpn: Vpn) -> FilePage {
        self.first.plus(vpn.since(self.start))
    }

    /// The page of the region that maps a page of the object.
    pub fn vpn_of(&self, page: FilePage) -> Option<Vpn> {
        let within = page.get().checked_sub(self.first.get())?;
        (within < self.pages).then(|| self.start.plus(within))
    }

    /// The part of the region from `at` on; `at` lies inside.
    pub(crate) fn tail(&self, at: Vpn) -> Self {
        let cut = at.since(self.start);
        Self { start: at, pages: self.pages - cut, first: self.first.plus(cut), ..*self }
    }

    /// Whether `next` continues it, so that both can be one region (Linux `mm/vma.c`, `can_vma_merge_after`). That
    /// only one of them has had private pages does not keep them apart.
    pub(crate) fn joins(&self, next: &Self) -> bool {
        self.end() == next.start
            && self.prot == next.prot
            && self.flags.with(VmaFlags::HAD_COPY) == next.flags.with(VmaFlags::HAD_COPY)
            && self.object == next.object
            && self.file == next.file
            && self.first.plus(self.pages) == next.first
    }
}

/// Whether a process goes on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Life {
    /// It runs.
    Alive,
    /// It has exited or was killed.
    Ended,
    /// It was lost in a power cut: its name may begin anew.
    Lost,
}

/// A process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Process {
    pub(crate) life: Life,
    pub(crate) root: TableId,
    /// Where a scenario laid out the root table in memory.
    pub(crate) raw_root: Option<Pfn>,
    pub(crate) vmas: SortedMap<Vpn, Vma>,
    pub(crate) descriptors: SortedMap<u32, OpenFileId>,
    /// Where the heap begins, if a program says so.
    pub(crate) heap: Option<Vpn>,
    /// The end of the heap; `None` until it is first moved.
    pub(crate) brk: Option<VirtAddr>,
    pub(crate) counters: Counters,
}

impl Process {
    /// Whether it goes on.
    pub fn life(&self) -> Life {
        self.life
    }

    /// Whether it has not ended.
    #[inline]
    pub fn is_alive(&self) -> bool {
        self.life == Life::Alive
    }

    /// Its root page table; stale once the process has ended.
    pub fn root(&self) -> TableId {
        self.root
    }

    /// Its regions in address order.
    pub fn vmas(&self) -> impl DoubleEndedIterator<Item = &Vma> {
        self.vmas.values()
    }

    /// The region that covers a page.
    #[inline]
    pub fn vma(&self, vpn: Vpn) -> Option<&Vma> {
        self.vmas.at_or_below(&vpn).map(|(_, vma)| vma).filter(|vma| vma.covers(vpn))
    }

    /// The regions that have a page in `start .. start + pages`.
    pub fn vmas_in(&self, start: Vpn, pages: u64) -> impl Iterator<Item = &Vma> {
        let end = start.plus(pages);
        let from = self.vma(start).map_or(start, |vma| vma.start);
        self.vmas.range(from, end).map(|(_, vma)| vma)
    }

    /// Its open descriptors.
    pub fn descriptors(&self) -> impl Iterator<Item = (u32, OpenFileId)> + '_ {
        self.descriptors.iter().copied()
    }
}

/// An open file description; open(2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OpenFile {
    /// The object.
    pub object: ObjectId,
    /// May be read.
    pub read: bool,
    /// May be written.
    pub write: bool,
    /// The file offset in bytes.
    pub offset: u64,
    /// Descriptors that refer to it.
    pub(crate) descriptors: u32,
    /// Regions mapped through it.
    pub(crate) regions: u32,
    /// How it is read.
    pub(crate) reading: Reading,
}

/// What the kernel remembers of how an open file is read; Linux's `struct file_ra_state`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Reading {
    /// What `posix_fadvise` said.
    pub pattern: ReadPattern,
    /// The first page of the window last read ahead.
    pub start: u64,
    /// Its pages; 0 if there was none.
    pub size: u32,
    /// How many of them nobody had asked for: the mark is on the first of these.
    pub ahead: u32,
    /// Where the last read ended, in bytes; `None` before the first.
    pub last: Option<u64>,
}
