//! Everything that a script or a user can ask of the machine.
//!
//! Owns: the vocabulary of requests, with numbers already worked out (addresses, descriptors). Does not own: names of
//! variables, expressions or text; those are the `script` crate's.

use crate::units::{AccessKind, NameId, Pid, VirtAddr};
use std::rc::Rc;

/// One step's request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// One access of one byte; a store carries its value.
    Access {
        /// Who asks.
        pid: Pid,
        /// Where.
        va: VirtAddr,
        /// What for.
        kind: AccessKind,
        /// The byte of a store; unused otherwise.
        value: u8,
    },
    /// `len` loads, or fetches, ascending, up to the first signal.
    LoadRange {
        /// Who asks.
        pid: Pid,
        /// The first address.
        va: VirtAddr,
        /// How many bytes.
        len: u64,
        /// Loads or fetches.
        kind: AccessKind,
    },
    /// One store a byte, ascending, up to the first signal.
    StoreBytes {
        /// Who asks.
        pid: Pid,
        /// The first address.
        va: VirtAddr,
        /// The bytes.
        data: Rc<[u8]>,
    },
    /// A translation alone: no fault is served, no bit is set, nothing is loaded or counted.
    Translate {
        /// Whose page table.
        pid: Pid,
        /// Where.
        va: VirtAddr,
        /// What the access would be for.
        kind: AccessKind,
    },
    /// A system call.
    Call {
        /// Who calls.
        pid: Pid,
        /// Which call.
        call: Call,
    },
    /// Something that the kernel, or the world, does by itself.
    Kernel(KernelCommand),
}

impl Command {
    /// The process whose step it is; `None` for the kernel's own.
    pub fn pid(&self) -> Option<Pid> {
        match self {
            Self::Access { pid, .. }
            | Self::LoadRange { pid, .. }
            | Self::StoreBytes { pid, .. }
            | Self::Translate { pid, .. }
            | Self::Call { pid, .. } => Some(*pid),
            Self::Kernel(_) => None,
        }
    }
}

/// What `write` and `pwrite` write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Data {
    /// These bytes.
    Bytes(Rc<[u8]>),
    /// `n` times the same byte.
    Fill {
        /// The byte.
        byte: u8,
        /// How many.
        len: u64,
    },
    /// From the process's memory, whose pages are touched like any load.
    Memory {
        /// The first address.
        va: VirtAddr,
        /// How many bytes.
        len: u64,
    },
}

impl Data {
    /// How many bytes it is.
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Fill { len, .. } | Self::Memory { len, .. } => *len,
        }
    }

    /// Whether it is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A flag word of a call, with the bits that Linux gives them (asm-generic and x86 `mman.h`, `fcntl.h`).
pub mod flags {
    #![allow(missing_docs, reason = "the names are C's own")]
    pub const O_RDONLY: u64 = 0;
    pub const O_WRONLY: u64 = 1;
    pub const O_RDWR: u64 = 2;
    pub const O_CREAT: u64 = 0o100;
    pub const O_TRUNC: u64 = 0o1000;
    pub const MAP_SHARED: u64 = 0x01;
    pub const MAP_PRIVATE: u64 = 0x02;
    pub const MAP_FIXED: u64 = 0x10;
    pub const MAP_ANONYMOUS: u64 = 0x20;
    pub const MAP_GROWSDOWN: u64 = 0x100;
    pub const MAP_LOCKED: u64 = 0x2000;
    pub const MAP_NORESERVE: u64 = 0x4000;
    pub const MAP_POPULATE: u64 = 0x8000;
    pub const MAP_FIXED_NOREPLACE: u64 = 0x10_0000;
    pub const MREMAP_MAYMOVE: u64 = 1;
    pub const MREMAP_FIXED: u64 = 2;
    pub const MREMAP_DONTUNMAP: u64 = 4;
    pub const MADV_NORMAL: u64 = 0;
    pub const MADV_RANDOM: u64 = 1;
    pub const MADV_SEQUENTIAL: u64 = 2;
    pub const MADV_WILLNEED: u64 = 3;
    pub const MADV_DONTNEED: u64 = 4;
    pub const MADV_FREE: u64 = 8;
    pub const MADV_REMOVE: u64 = 9;
    pub const MADV_DONTFORK: u64 = 10;
    pub const MADV_DOFORK: u64 = 11;
    pub const MADV_HUGEPAGE: u64 = 14;
    pub const MADV_NOHUGEPAGE: u64 = 15;
    pub const MADV_WIPEONFORK: u64 = 18;
    pub const MADV_COLD: u64 = 20;
    pub const MADV_PAGEOUT: u64 = 21;
    pub const MADV_POPULATE_READ: u64 = 22;
    pub const MADV_POPULATE_WRITE: u64 = 23;
    pub const POSIX_FADV_NORMAL: u64 = 0;
    pub const POSIX_FADV_RANDOM: u64 = 1;
    pub const POSIX_FADV_SEQUENTIAL: u64 = 2;
    pub const POSIX_FADV_WILLNEED: u64 = 3;
    pub const POSIX_FADV_DONTNEED: u64 = 4;
    pub const MS_ASYNC: u64 = 1;
    pub const MS_INVALIDATE: u64 = 2;
    pub const MS_SYNC: u64 = 4;
    pub const SEEK_SET: u64 = 0;
    pub const SEEK_CUR: u64 = 1;
    pub const SEEK_END: u64 = 2;
}

/// The arguments of mmap(2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MmapArgs {
    /// A hint, or with `MAP_FIXED` an order; 0 is NULL.
    pub addr: u64,
    /// Bytes.
    pub len: u64,
    /// `PROT_*`.
    pub prot: u64,
    /// `MAP_*`.
    pub flags: u64,
    /// The descriptor; unused with `MAP_ANONYMOUS`.
    pub fd: i64,
    /// Where in the file, in bytes.
    pub offset: u64,
}

/// A system call with its arguments. Descriptors are as wide as a script's numbers may be: -1 is EBADF, not a panic.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "fields are named as in the manual page of each call")]
pub enum Call {
    /// open(2); also `shm_open`.
    Open { name: NameId, flags: u64, shm: bool },
    /// close(2).
    Close { fd: i64 },
    /// read(2), or pread(2) with an offset; into the process's memory if an address is given.
    Read { fd: i64, len: u64, offset: Option<i64>, buffer: Option<VirtAddr> },
    /// write(2), or pwrite(2) with an offset.
    Write { fd: i64, data: Data, offset: Option<i64> },
    /// lseek(2).
    Lseek { fd: i64, offset: i64, whence: u64 },
    /// ftruncate(2).
    Ftruncate { fd: i64, len: i64 },
    /// fsync(2).
    Fsync { fd: i64 },
    /// unlink(2).
    Unlink { name: NameId },
    /// mmap(2).
    Mmap(MmapArgs),
    /// munmap(2).
    Munmap { addr: u64, len: u64 },
    /// mprotect(2).
    Mprotect { addr: u64, len: u64, prot: u64 },
    /// msync(2).
    Msync { addr: u64, len: u64, flags: u64 },
    /// mremap(2); `new_addr` counts only with `MREMAP_FIXED`.
    Mremap { addr: u64, old_len: u64, new_len: u64, flags: u64, new_addr: u64 },
    /// madvise(2).
    Madvise { addr: u64, len: u64, advice: u64 },
    /// posix_fadvise(3).
    Fadvise { fd: i64, offset: i64, len: i64, advice: u64 },
    /// mlock(2).
    Mlock { addr: u64, len: u64 },
    /// munlock(2).
    Munlock { addr: u64, len: u64 },
    /// mincore(2).
    Mincore { addr: u64, len: u64 },
    /// brk(2): the end of the heap goes there.
    Brk { addr: u64 },
    /// sbrk(2): the end of the heap moves by so many bytes.
    Sbrk { by: i64 },
    /// fork(2); the caller names the child.
    Fork { child: Pid },
    /// execve(2), without arguments.
    Exec { name: NameId },
    /// exit(2).
    Exit,
}

impl Call {
    /// The name in C.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open { shm: false, .. } => "open",
            Self::Open { shm: true, .. } => "shm_open",
            Self::Close { .. } => "close",
            Self::Read { offset: None, .. } => "read",
            Self::Read { offset: Some(_), .. } => "pread",
            Self::Write { offset: None, .. } => "write",
            Self::Write { offset: Some(_), .. } => "pwrite",
            Self::Lseek { .. } => "lseek",
            Self::Ftruncate { .. } => "ftruncate",
            Self::Fsync { .. } => "fsync",
            Self::Unlink { .. } => "unlink",
            Self::Mmap(_) => "mmap",
            Self::Munmap { .. } => "munmap",
            Self::Mprotect { .. } => "mprotect",
            Self::Msync { .. } => "msync",
            Self::Mremap { .. } => "mremap",
            Self::Madvise { .. } => "madvise",
            Self::Fadvise { .. } => "posix_fadvise",
            Self::Mlock { .. } => "mlock",
            Self::Munlock { .. } => "munlock",
            Self::Mincore { .. } => "mincore",
            Self::Brk { .. } => "brk",
            Self::Sbrk { .. } => "sbrk",
            Self::Fork { .. } => "fork",
            Self::Exec { .. } => "exec",
            Self::Exit => "exit",
        }
    }
}

/// What happens without a process asking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KernelCommand {
    /// Write the file's dirty pages, then forget those that nobody maps.
    DropCaches {
        /// The file.
        name: NameId,
    },
    /// Write all dirty pages.
    WriteBack,
    /// Evict so many pages.
    Reclaim {
        /// How many.
        pages: u64,
    },
    /// All memory is lost; the disk stays.
    PowerCut,
    /// Switch to a process without an access.
    Run {
        /// To whom.
        pid: Pid,
    },
    /// Let a device reach the pages of `addr .. addr + len` at `iova`.
    IommuMap {
        /// The device.
        device: NameId,
        /// Where in the device's address space, in bytes.
        iova: u64,
        /// Whose pages.
        pid: Pid,
        /// Their first address.
        addr: u64,
        /// Bytes.
        len: u64,
    },
    /// Take that away again.
    IommuUnmap {
        /// The device.
        device: NameId,
        /// Where in the device's address space, in bytes.
        iova: u64,
        /// Bytes.
        len: u64,
    },
    /// The device writes into memory.
    DmaWrite {
        /// The device.
        device: NameId,
        /// Where, by the device's addresses.
        iova: u64,
        /// What; never from a process's memory.
        data: Data,
    },
    /// The device reads from memory.
    DmaRead {
        /// The device.
        device: NameId,
        /// Where, by the device's addresses.
        iova: u64,
        /// Bytes.
        len: u64,
    },
}

impl KernelCommand {
    /// The name in the language.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DropCaches { .. } => "drop_caches",
            Self::WriteBack => "write_back",
            Self::Reclaim { .. } => "reclaim",
            Self::PowerCut => "power_cut",
            Self::Run { .. } => "run",
            Self::IommuMap { .. } => "iommu_map",
            Self::IommuUnmap { .. } => "iommu_unmap",
            Self::DmaWrite { .. } => "dma_write",
            Self::DmaRead { .. } => "dma_read",
        }
    }
}
