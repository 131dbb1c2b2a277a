//! Raw memory and page tables: bytes of frames and entries of tables as a scenario writes them, for exercises in
//! translation, and the translation of an address from such bytes alone.
//!
//! Owns: what is written where, and hardware's walk over bytes. Does not own: the machine's own tables, into which
//! [`State::new`](crate::state::State::new) reads them once, at the start.

use crate::event::FaultCause;
use crate::format::{Decoded, Rights, TableFormat};
use crate::outcome::{Lookup, LookupEnd, WalkEntry};
use crate::units::{AccessKind, Pfn, PhysAddr, Pid, Prot, VirtAddr, Vpn};
use std::rc::Rc;

/// Memory and tables as they are at the start.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Raw {
    /// The first bytes of frames; the rest is zeros.
    pub memory: Vec<(Pfn, Rc<[u8]>)>,
    /// Page tables of processes.
    pub tables: Vec<RawTable>,
}

/// The page table of a process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawTable {
    /// Whose.
    pub pid: Pid,
    /// Where it comes from.
    pub source: RawSource,
}

/// Where a raw page table comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RawSource {
    /// Entries, written out; of two for one page the later holds.
    Entries(Vec<RawEntry>),
    /// The root table lies in this frame's bytes.
    At(Pfn),
}

/// A page that lies in a frame, with no region behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RawEntry {
    /// The page.
    pub vpn: Vpn,
    /// The frame.
    pub pfn: Pfn,
    /// What hardware permits.
    pub prot: Prot,
}

impl Raw {
    /// Whether there is nothing raw.
    pub fn is_empty(&self) -> bool {
        self.memory.is_empty() && self.tables.is_empty()
    }
}

/// Translates as hardware does, from the root table's frame on. `read` gives the entry of `entry_bytes` bytes at a
/// physical address, or `None` where there is no memory; that counts as no valid entry.
pub fn translate(
    format: &TableFormat,
    root: Pfn,
    va: VirtAddr,
    kind: AccessKind,
    read: impl Fn(PhysAddr) -> Option<u64>,
) -> Lookup {
    let mut walk = Vec::with_capacity(format.levels.len());
    if !format.is_canonical(va) {
        return Lookup { walk, end: LookupEnd::Fault(FaultCause::NotCanonical) };
    }
    let (vpn, last) = (format.vpn(va), format.levels.len() - 1);
    let (mut table, mut granted) = (u64::from(root.get()), Rights::ALL);
    for level in 0..=last {
        let index = format.index(vpn, level);
        let at = (table << format.offset_bits) + u64::from(index) * u64::from(format.entry_bytes);
        let entry = read(PhysAddr::new(at)).unwrap_or(0);
        walk.push(WalkEntry { index, entry });
        match format.decode(entry, level) {
            Decoded::Invalid => break,
            Decoded::Table { pfn, rights } => {
                table = pfn;
                granted = granted.and(rights);
            }
            Decoded::Page { pfn, rights, .. } => {
                let permitted = granted.and(rights).permits(kind);
                // Above the last level the indices below are part of the offset.
                let within = (1 << (u32::from(format.offset_bits) + format.index_shift(level))) - 1;
                let physical = PhysAddr::new((pfn << format.offset_bits) | (va.get() & within));
                let end = if permitted { LookupEnd::At(physical) } else { LookupEnd::Fault(FaultCause::NotPermitted) };
                return Lookup { walk, end };
            }
        }
    }
    Lookup { walk, end: LookupEnd::Fault(FaultCause::NotPresent) }
}
