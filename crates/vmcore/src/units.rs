//! The quantities of paging, each a type of its own, so that a page number is never taken for a frame number.
//!
//! Owns: the newtypes and their printing. Does not own: anything that needs a page size; those are methods of
//! [`TableFormat`](crate::format::TableFormat).

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident($inner:ty), $fmt:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub struct $name($inner);

        impl $name {
            /// Wraps a bare number; every value is allowed, only its use can be refused.
            #[inline]
            pub const fn new(value: $inner) -> Self {
                Self(value)
            }

            /// The bare number.
            #[inline]
            pub const fn get(self) -> $inner {
                self.0
            }

            /// The number as an index into an arena.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, $fmt, self.0)
            }
        }
    };
}

unit!(
    /// A virtual address: what a program says.
    VirtAddr(u64), "{:#x}"
);
unit!(
    /// A physical address: where a byte of memory lies.
    PhysAddr(u64), "{:#x}"
);
unit!(
    /// A virtual page number: a virtual address without its offset.
    Vpn(u64), "{:#x}"
);
unit!(
    /// A physical frame number.
    Pfn(u32), "{}"
);
unit!(
    /// A process; also its address-space identifier in a tagged TLB.
    Pid(u16), "{}"
);
unit!(
    /// Something that pages belong to: a file, a shared-memory object or a device.
    ObjectId(u32), "{}"
);
unit!(
    /// A file name, as an index into the names that the machine was set up with.
    NameId(u32), "{}"
);
unit!(
    /// A page of an object, counted from its start.
    FilePage(u64), "{}"
);
unit!(
    /// A page-sized place in the swap area.
    SlotId(u32), "{}"
);
unit!(
    /// One page table (of any level) in the arena of tables.
    TableId(u32), "{}"
);
unit!(
    /// An open file description: what a descriptor refers to, shared across fork (open(2)).
    OpenFileId(u32), "{}"
);

impl Vpn {
    /// The page `pages` further up; saturates at the top of 64 bits, which no format reaches.
    #[inline]
    pub const fn plus(self, pages: u64) -> Self {
        Self(self.0.saturating_add(pages))
    }

    /// How many pages this one lies above `base`, which must not be above it.
    #[inline]
    pub const fn since(self, base: Self) -> u64 {
        self.0 - base.0
    }
}

impl FilePage {
    /// The page `pages` further on in the object.
    #[inline]
    pub const fn plus(self, pages: u64) -> Self {
        Self(self.0.saturating_add(pages))
    }
}

/// What an access wants to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum AccessKind {
    /// Read a byte.
    Load,
    /// Write a byte.
    Store,
    /// Fetch an instruction.
    Fetch,
}

/// Access rights of a region: the `PROT_*` bits of mmap(2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Prot(u8);

impl Prot {
    /// `PROT_NONE`.
    pub const NONE: Self = Self(0);
    /// `PROT_READ`.
    pub const READ: Self = Self(1);
    /// `PROT_WRITE`.
    pub const WRITE: Self = Self(2);
    /// `PROT_EXEC`.
    pub const EXEC: Self = Self(4);

    /// From the bits of mmap(2); `None` if an unknown bit is set.
    pub const fn from_bits(bits: u64) -> Option<Self> {
        if bits > 7 { None } else { Some(Self(bits as u8)) }
    }

    /// No access at all.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Both sets of rights.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is granted.
    #[inline]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether an access of this kind is permitted. On x86, whose manner this is, whatever can be written or
    /// executed can be read (Linux `arch/x86/mm/fault.c`, `access_error`).
    #[inline]
    pub const fn permits(self, kind: AccessKind) -> bool {
        match kind {
            AccessKind::Load => self.0 != 0,
            AccessKind::Store => self.has(Self::WRITE),
            AccessKind::Fetch => self.has(Self::EXEC),
        }
    }
}

impl fmt::Display for Prot {
    /// As in /proc/PID/maps: `rw-`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bit = |right, letter| if self.has(right) { letter } else { '-' };
        write!(f, "{}{}{}", bit(Self::READ, 'r'), bit(Self::WRITE, 'w'), bit(Self::EXEC, 'x'))
    }
}
