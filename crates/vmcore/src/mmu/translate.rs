//! The translation of one access: TLB, then the walk, then the entry's bits. One loop serves every format.

use crate::event::{CHUNK, Event, FaultCause, Recorder};
use crate::mmu::table::Leaf;
use crate::pte::Pte;
use crate::stepper::Stepper;
use crate::units::{AccessKind, Pfn, Pid, VirtAddr, Vpn};

/// A translation that hardware could make.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Translation {
    pub(crate) entry: Pte,
    /// Whether the TLB had it; `None` without a TLB.
    pub(crate) tlb: Option<bool>,
    /// Entries that the walk read.
    pub(crate) reads: u8,
}

/// A translation that it could not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PageFault {
    pub(crate) cause: FaultCause,
    pub(crate) tlb: Option<bool>,
    pub(crate) reads: u8,
    /// The last-level entry, if a walk came to it.
    pub(crate) leaf: Option<Leaf>,
}

impl<R: Recorder> Stepper<'_, R> {
    /// Translates; sets the accessed and dirty bits as hardware does (Intel SDM vol. 3A, 4.8).
    #[inline]
    pub(crate) fn translate(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind) -> Result<Translation, PageFault> {
        let geometry = self.state.geometry;
        if !geometry.is_canonical(va) {
            return Err(PageFault { cause: FaultCause::NotCanonical, tlb: None, reads: 0, leaf: None });
        }
        let vpn = geometry.vpn(va);
        if !self.state.tlb().exists() {
            return self.walk(pid, vpn, kind, None);
        }
        let Some((slot, known)) = self.state.tlb().find(pid, vpn) else {
            self.emit(Event::TlbMissed { vpn });
            return self.walk(pid, vpn, kind, Some(false));
        };
        let entry = known.pte;
        self.translate_by(slot, entry, pid, vpn, kind)
    }

    /// The TLB's copy decides. One that forbids is dropped, so that the next try reads the table.
    #[inline]
    fn translate_by(
        &mut self,
        slot: u32,
        entry: Pte,
        pid: Pid,
        vpn: Vpn,
        kind: AccessKind,
    ) -> Result<Translation, PageFault> {
        let store = kind == AccessKind::Store;
        self.emit(Event::TlbHit { slot, vpn });
        if !entry.permits(store, kind == AccessKind::Fetch) {
            self.emit(Event::TlbDropped { slot });
            return Err(PageFault { cause: FaultCause::NotPermitted, tlb: Some(true), reads: 0, leaf: None });
        }
        if !store || entry.is_dirty() {
            return Ok(Translation { entry: self.state.of_page(entry, vpn), tlb: Some(true), reads: 0 });
        }
        self.set_dirty_bit(slot, entry, pid, vpn)
    }

    /// The first store through a clean copy writes the dirty bit to the table, which may have changed meanwhile.
    fn set_dirty_bit(&mut self, slot: u32, entry: Pte, pid: Pid, vpn: Vpn) -> Result<Translation, PageFault> {
        let leaf = self.state.leaf(pid, vpn).filter(|leaf| {
            leaf.entry.permits(true, false)
                && (leaf.entry.pfn(), leaf.entry.is_huge()) == (entry.pfn(), entry.is_huge())
        });
        let Some(leaf) = leaf else {
            self.emit(Event::TlbDropped { slot });
            return self.walk(pid, vpn, AccessKind::Store, Some(false));
        };
        let new = leaf.entry.touched(true);
        self.emit(Event::PteWritten { table: leaf.table, index: leaf.index, old: leaf.entry, new });
        self.emit(Event::TlbFilled { slot, pid, vpn: self.state.first_of(new, vpn), entry: new });
        Ok(Translation { entry: self.state.of_page(new, vpn), tlb: Some(true), reads: 0 })
    }

    /// Translates once more after a fault was served. With nobody watching, the walk begins where it ended before.
    pub(crate) fn translate_again(
        &mut self,
        pid: Pid,
        va: VirtAddr,
        kind: AccessKind,
        before: &PageFault,
    ) -> Result<Translation, PageFault> {
        match before.leaf {
            Some(leaf) if !R::ON => self.arrive(pid, self.state.geometry.vpn(va), kind, leaf, before.tlb, before.reads),
            _ => self.translate(pid, va, kind),
        }
    }

    /// From the root to a frame, or to the entry that ends the way.
    #[inline]
    fn walk(&mut self, pid: Pid, vpn: Vpn, kind: AccessKind, tlb: Option<bool>) -> Result<Translation, PageFault> {
        let mut table = self.state.living(pid).expect("only living processes access memory").root();
        let mut reads = 0;
        let leaf = loop {
            let index = self.state.geometry.index(vpn, reads);
            let entry = self.state.tables.entry(table, index);
            self.emit(Event::EntryRead { table, index, level: reads, entry });
            reads += 1;
            match entry.next_table() {
                Some(next) => table = next,
                None => break Leaf { table, index },
            }
        };
        self.arrive(pid, vpn, kind, leaf, tlb, reads)
    }

    /// The entry at the end of a walk decides.
    #[inline]
    fn arrive(
        &mut self,
        pid: Pid,
        vpn: Vpn,
        kind: AccessKind,
        leaf: Leaf,
        tlb: Option<bool>,
        reads: u8,
    ) -> Result<Translation, PageFault> {
        let Leaf { table, index } = leaf;
        let entry = self.state.tables.entry(table, index);
        let store = kind == AccessKind::Store;
        if !entry.permits(store, kind == AccessKind::Fetch) {
            let cause = if entry.is_present() { FaultCause::NotPermitted } else { FaultCause::NotPresent };
            let leaf = (reads == self.state.geometry.depth()).then_some(leaf);
            return Err(PageFault { cause, tlb, reads, leaf });
        }
        let new = entry.touched(store);
        if new != entry {
            self.emit(Event::PteWritten { table, index, old: entry, new });
        }
        if tlb.is_some() {
            let first = self.state.first_of(new, vpn);
            let slot = self.state.tlb_place(first, new);
            self.emit(Event::TlbFilled { slot, pid, vpn: first, entry: new });
        }
        Ok(Translation { entry: self.state.of_page(new, vpn), tlb, reads })
    }

    /// Does what the access is for, at the place that the translation found.
    #[inline]
    pub(crate) fn finish_access(
        &mut self,
        pid: Pid,
        va: VirtAddr,
        kind: AccessKind,
        value: u8,
        found: Translation,
    ) -> u8 {
        let offset = self.state.geometry.offset(va);
        let pfn = found.entry.pfn();
        let value = match (kind, pfn) {
            (AccessKind::Store, Some(pfn)) => {
                self.store_byte(pfn, offset, value);
                value
            }
            (_, Some(pfn)) => self.state.byte(pfn, offset),
            (_, None) => self.access_beyond_memory(found.entry, offset, kind, value),
        };
        self.emit(Event::AccessDone { pid, va, kind, value, tlb: found.tlb, reads: found.reads, pfn });
        value
    }

    fn store_byte(&mut self, pfn: Pfn, offset: u64, value: u8) {
        let mut bytes = [0; CHUNK];
        bytes[0] = value;
        self.emit(Event::BytesWritten { pfn, offset: offset as u32, len: 1, bytes });
        self.forget_slot(pfn);
    }
}
