//! What a step comes to, and what it counts.
//!
//! Owns: results, errors of calls, signals, counters. A simulated fault is data, never a Rust error.

use crate::event::FaultCause;
use crate::image::Segment;
use crate::units::{NameId, PhysAddr, VirtAddr};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The result of one step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A store, or a call that returns 0.
    Ok,
    /// A byte loaded, a descriptor, a count, an offset, a process number.
    Value(i64),
    /// mmap, mremap, sbrk.
    Address(VirtAddr),
    /// A range loaded, or what read brought; empty at the end of the file.
    Bytes(Vec<u8>),
    /// exec: where everything is now, the program's segments first.
    Loaded(Vec<Loaded>),
    /// mincore: whether each page is in memory.
    Resident(Vec<bool>),
    /// A call failed.
    Errno(Errno),
    /// An access was refused.
    Signal(SignalInfo),
    /// `translate`: where an address leads, or why nowhere.
    Translated(Lookup),
}

/// A segment that exec has mapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loaded {
    /// The program's or library's name.
    pub of: NameId,
    /// Which segment.
    pub segment: Segment,
    /// Its lowest address.
    pub at: VirtAddr,
}

/// A translation that serves no fault and changes nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lookup {
    /// The entries that were read, root first. A fault is found at the last of them, whose level, counted from 1 at the
    /// root, is their number.
    pub walk: Vec<WalkEntry>,
    /// What came of it.
    pub end: LookupEnd,
}

/// One entry read on the way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WalkEntry {
    /// Its index in its table.
    pub index: u32,
    /// The number that stands there.
    pub entry: u64,
}

/// What came of a translation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LookupEnd {
    /// The byte's place in memory.
    At(PhysAddr),
    /// Hardware would trap.
    Fault(FaultCause),
}

impl FaultCause {
    /// In words, as `run --format json` has them.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotPresent => "not present",
            Self::NotPermitted => "not permitted",
            Self::NotCanonical => "not canonical",
        }
    }
}

impl Outcome {
    /// The number that a name is bound to: -1 for a failure, as in C.
    pub fn as_integer(&self) -> i128 {
        match self {
            Self::Ok | Self::Resident(_) | Self::Loaded(_) => 0,
            Self::Value(value) => i128::from(*value),
            Self::Address(address) => i128::from(address.get()),
            Self::Bytes(bytes) => bytes.len() as i128,
            Self::Errno(_) | Self::Signal(_) => -1,
            Self::Translated(Lookup { end: LookupEnd::At(physical), .. }) => i128::from(physical.get()),
            Self::Translated(Lookup { end: LookupEnd::Fault(_), .. }) => -1,
        }
    }
}

/// A signal that an access raised.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SignalInfo {
    /// Which signal, and why.
    pub code: SignalCode,
    /// The address that was asked for.
    pub address: VirtAddr,
}

/// A signal and its code, as in siginfo(7).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum SignalCode {
    /// SIGSEGV: no region covers the address.
    SegvMaperr,
    /// SIGSEGV: the region does not permit the access.
    SegvAccerr,
    /// SIGBUS: the page lies wholly beyond the end of the file.
    BusAdrerr,
    /// SIGKILL: no frame is free and none can be evicted.
    KillOom,
}

impl SignalCode {
    /// The signal's name.
    pub const fn signal(self) -> &'static str {
        match self {
            Self::SegvMaperr | Self::SegvAccerr => "SIGSEGV",
            Self::BusAdrerr => "SIGBUS",
            Self::KillOom => "SIGKILL",
        }
    }

    /// The code's name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SegvMaperr => "SEGV_MAPERR",
            Self::SegvAccerr => "SEGV_ACCERR",
            Self::BusAdrerr => "BUS_ADRERR",
            Self::KillOom => "OOM",
        }
    }
}

macro_rules! errnos {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// Why a call failed, as in errno(3).
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum Errno {
            $($(#[$doc])* $name,)*
        }

        impl Errno {
            /// Every error that the model can return.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in C.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

errnos! {
    /// Permission denied by the descriptor's mode.
    Access = "EACCES";
    /// Not an open descriptor, or not open for that.
    BadFd = "EBADF";
    /// A locked page is in the way.
    Busy = "EBUSY";
    /// The address is taken.
    Exists = "EEXIST";
    /// A buffer that cannot be used.
    Fault = "EFAULT";
    /// The file would grow beyond what an offset can name.
    FileTooBig = "EFBIG";
    /// An argument that makes no sense.
    Invalid = "EINVAL";
    /// Too many open descriptors.
    TooManyFiles = "EMFILE";
    /// No such file.
    NoEntry = "ENOENT";
    /// No such device, or the file cannot be mapped.
    NoDevice = "ENODEV";
    /// The file is no program.
    NoExec = "ENOEXEC";
    /// No room in the address space, or a hole in the range.
    NoMemory = "ENOMEM";
    /// The disk is full.
    NoSpace = "ENOSPC";
    /// The offset of a mapping and its length overflow.
    Overflow = "EOVERFLOW";
    /// The system has no such call.
    NoSystemCall = "ENOSYS";
    /// The process has ended.
    NoProcess = "ESRCH";
    /// A device cannot seek.
    IllegalSeek = "ESPIPE";
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What is counted, for a step, a process or a run; `scenario-language.md`, "What a step counts".
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
        pub struct Counters {
            $($(#[$doc])* pub $name: u64,)*
        }

        impl Counters {
            /// The names, in the order of [`Counters::values`].
            pub const NAMES: &[&str] = &[$(stringify!($name),)*];

            /// Every count, in the order of [`Counters::NAMES`].
            pub fn values(&self) -> [u64; Self::NAMES.len()] {
                [$(self.$name,)*]
            }

            /// Adds another set of counts.
            #[inline]
            pub fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }

            /// What was counted since `earlier`, which must be a prefix of this count.
            pub fn since(&self, earlier: &Self) -> Self {
                Self { $($name: self.$name - earlier.$name,)* }
            }
        }
    };
}

counters! {
    /// Bytes loaded, stored or fetched by the program.
    accesses,
    /// Faults served without the disk.
    minor,
    /// Faults that had to read the disk.
    major,
    /// Copies of a page with content that a write fault made.
    cow,
    /// Accesses whose last translation was found in the TLB.
    tlb_hits,
    /// Accesses whose last translation was not.
    tlb_misses,
    /// Page-table entries that those translations read.
    walk_reads,
    /// Transfers asked of the disk; a run of consecutive pages is one.
    disk_requests,
    /// Pages read from files.
    disk_reads,
    /// Pages written to files.
    disk_writes,
    /// Pages read from swap.
    swap_reads,
    /// Pages written to swap.
    swap_writes,
    /// Bytes that read and write copied.
    copied_bytes,
    /// System calls.
    syscalls,
    /// Times the whole TLB was flushed.
    tlb_flushes,
    /// All of it in units of one mapped load.
    cost,
}

impl Counters {
    /// Faults of both kinds.
    pub fn faults(&self) -> u64 {
        self.minor + self.major
    }
}
