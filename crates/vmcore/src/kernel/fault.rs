//! Page faults: classify, then remedy. Follows Linux `mm/memory.c` (`handle_pte_fault` and what it calls).

use crate::event::{Event, Recorder, Remedy, VmaFlags};
use crate::frames::Holds;
use crate::mmu::Leaf;
use crate::object::ObjectKind;
use crate::outcome::SignalCode;
use crate::policy::PageKey;
use crate::process::Vma;
use crate::pte::Pte;
use crate::state::State;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{AccessKind, Pfn, Pid, Prot, SlotId, VirtAddr, Vpn};

/// Why a fault is not served.
enum Refusal {
    Signal(SignalCode),
    OutOfMemory,
}

impl From<OutOfMemory> for Refusal {
    fn from(OutOfMemory: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// One fault with what the kernel has found out about it.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    pub(super) pid: Pid,
    pub(super) vpn: Vpn,
    pub(super) store: bool,
    pub(super) vma: Vma,
    pub(super) entry: Pte,
    /// Where the entry stands, if there is a table for it.
    leaf: Option<Leaf>,
}

/// What a fault in a region that permits the access calls for.
fn classify(state: &State, fault: &Fault) -> Remedy {
    let Fault { vma, entry, store, .. } = *fault;
    if entry.slot().is_some() {
        return Remedy::SwapIn;
    }
    if entry.is_empty() {
        return match (vma.object, store) {
            (None, false) if state.config().zero_page => Remedy::MapZero,
            (None, _) => Remedy::ZeroFill,
            (Some(_), true) if !vma.is_shared() => Remedy::CopyObject,
            (Some(_), _) => Remedy::MapObject,
        };
    }
    if !store || entry.is_writable() {
        return Remedy::Spurious;
    }
    match entry.pfn() {
        None => Remedy::ZeroFill,
        Some(_) if vma.is_shared() => Remedy::NoticeWrite,
        Some(pfn) if entry.is_owned() || is_own(state, pfn) => Remedy::Reuse,
        Some(_) => Remedy::CopyOnWrite,
    }
}

/// Whether a frame is a private page that nobody else maps, in memory or in swap.
pub(super) fn is_own(state: &State, pfn: Pfn) -> bool {
    let frame = state.frame(pfn);
    let swapped = frame.slot().is_some_and(|slot| state.slot(slot).refs() > 0);
    let [mapper] = frame.mappers() else { return false };
    // Of a huge page none is anybody's own while another process has any (`__wp_can_reuse_large_anon_folio`).
    frame.holds() == Holds::Anon && !swapped && (!frame.large || state.is_run_of_one(pfn, mapper.pid))
}

impl<R: Recorder> Stepper<'_, R> {
    /// Serves a fault, or says which signal the access gets. A fault that ends in a signal counts as none (fact 3).
    /// `leaf` is where the walk ended, if it is known.
    pub(crate) fn serve_fault(
        &mut self,
        pid: Pid,
        va: VirtAddr,
        kind: AccessKind,
        leaf: Option<Leaf>,
    ) -> Result<(), SignalCode> {
        let major = self.fault_in(pid, va, kind, leaf)?;
        let vpn = self.state.format().vpn(va);
        self.emit(Event::FaultServed { pid, vpn, major });
        Ok(())
    }

    /// The same without counting: whether it had to read the disk.
    pub(crate) fn fault_in(
        &mut self,
        pid: Pid,
        va: VirtAddr,
        kind: AccessKind,
        leaf: Option<Leaf>,
    ) -> Result<bool, SignalCode> {
        let mark = self.pins();
        self.read_disk = false;
        let served = self.handle_fault(pid, va, kind, leaf);
        self.unpin_to(mark);
        match served {
            Ok(()) => Ok(self.read_disk),
            Err(Refusal::Signal(code)) => Err(code),
            Err(Refusal::OutOfMemory) => Err(SignalCode::KillOom),
        }
    }

    fn handle_fault(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind, leaf: Option<Leaf>) -> Result<(), Refusal> {
        let vpn = self.state.format().vpn(va);
        let Some(vma) = self.state.vma(pid, vpn).copied().or_else(|| self.grow_down(pid, vpn)) else {
            if self.state.has_raw_entry(pid, va) {
                return Err(Refusal::Signal(SignalCode::SegvAccerr));
            }
            self.emit(Event::VmaMissing { pid, va });
            return Err(Refusal::Signal(SignalCode::SegvMaperr));
        };
        self.emit(Event::VmaFound { pid, start: vma.start, va });
        if !vma.prot.permits(kind) {
            self.emit(Event::VmaForbids { pid, va, kind, prot: vma.prot });
            return Err(Refusal::Signal(SignalCode::SegvAccerr));
        }
        let leaf = leaf.or_else(|| self.last_entry(pid, vpn));
        let entry = self.entry_at(pid, vpn, leaf);
        let mut fault = Fault { pid, vpn, store: kind == AccessKind::Store, vma, entry, leaf };
        if fault.entry.is_huge() || vma.flags.has(VmaFlags::HUGE) && fault.entry.is_empty() {
            if self.serve_huge(&fault)? {
                return Ok(());
            }
            // It may have been split.
            fault.leaf = self.last_entry(pid, vpn);
            fault.entry = self.entry_at(pid, vpn, fault.leaf);
        }
        if fault.entry.is_empty() {
            self.check_end(&fault)?;
            self.prepare_tables(pid, vpn)?;
        }
        let remedy = classify(self.state, &fault);
        self.emit(Event::RemedyChosen { remedy, vpn });
        self.mend(&fault, remedy)?;
        Ok(())
    }

    /// Where the page's own entry stands; a page of a huge page has none.
    fn last_entry(&self, pid: Pid, vpn: Vpn) -> Option<Leaf> {
        self.state.leaf(pid, vpn).filter(|step| !step.entry.is_huge()).map(Leaf::from)
    }

    fn entry_at(&self, pid: Pid, vpn: Vpn, leaf: Option<Leaf>) -> Pte {
        leaf.map_or_else(|| self.state.pte(pid, vpn), |leaf| self.state.tables.entry(leaf.table, leaf.index))
    }

    /// Writes the entry that the fault is about.
    fn set_entry(&mut self, fault: &Fault, new: Pte) {
        match fault.leaf {
            Some(leaf) => self.rewrite_at(fault.pid, fault.vpn, leaf, new),
            None => self.set_pte(fault.pid, fault.vpn, new),
        }
    }

    /// Fact 23: a page wholly beyond the end of the object cannot be used. Its neighbours are mapped all the same.
    fn check_end(&mut self, fault: &Fault) -> Result<(), Refusal> {
        let Some(object) = fault.vma.object else { return Ok(()) };
        let page = fault.vma.file_page(fault.vpn);
        if page.get() < self.state.format().pages_of(self.state.object(object).size()) {
            return Ok(());
        }
        self.emit(Event::BeyondEnd { object, page });
        if !fault.store && self.state.config().fault_around > 1 {
            self.prepare_tables(fault.pid, fault.vpn)?;
            self.fault_around(fault);
        }
        Err(Refusal::Signal(SignalCode::BusAdrerr))
    }

    fn mend(&mut self, fault: &Fault, remedy: Remedy) -> Result<(), OutOfMemory> {
        match remedy {
            Remedy::ZeroFill => self.zero_fill(fault),
            Remedy::MapZero => {
                self.set_entry(fault, Pte::zero(fault.vma.prot));
                Ok(())
            }
            Remedy::MapObject => self.map_object(fault),
            Remedy::CopyObject => self.copy_object(fault),
            Remedy::NoticeWrite => {
                self.notice_write(fault);
                Ok(())
            }
            Remedy::CopyOnWrite => self.copy_on_write(fault, fault.entry),
            Remedy::Reuse => {
                let own = fault.entry.granting(fault.vma.prot, true).owned().dirtied();
                self.set_entry(fault, own);
                Ok(())
            }
            Remedy::SwapIn => self.swap_in(fault),
            Remedy::ZeroFillHuge | Remedy::MapZeroHuge => unreachable!("served as a whole"),
            Remedy::Spurious => Ok(()),
        }
    }

    fn zero_fill(&mut self, fault: &Fault) -> Result<(), OutOfMemory> {
        let pfn = self.take_frame_for(PageKey::Private(fault.pid, fault.vpn))?;
        self.emit(Event::FrameZeroed { pfn });
        self.adopt(fault, pfn);
        Ok(())
    }

    /// A frame becomes a private page of the process, writable if the region is.
    fn adopt(&mut self, fault: &Fault, pfn: Pfn) {
        let Fault { pid, vpn, vma, .. } = *fault;
        self.emit(Event::AnonFilled { pfn, pid, vpn });
        let entry = Pte::frame(pfn, vma.prot, vma.prot.has(Prot::WRITE)).owned();
        // As Linux has it, what nobody's file holds is dirty from the start.
        self.set_entry(fault, if entry.is_writable() { entry.dirtied() } else { entry });
        if !vma.flags.has(VmaFlags::HAD_COPY) {
            self.emit(Event::VmaFlagged { pid, start: vma.start, flags: vma.flags.with(VmaFlags::HAD_COPY) });
        }
    }

    fn map_object(&mut self, fault: &Fault) -> Result<(), OutOfMemory> {
        let Fault { vpn, vma, store, .. } = *fault;
        let object = vma.object.expect("classified by its object");
        if self.state.is_device(object) {
            self.map_device(fault.pid, vpn, &vma, object);
            return Ok(());
        }
        let pfn = self.bring_in_for_fault(&vma, object, vma.file_page(vpn))?;
        let entry = Pte::frame(pfn, vma.prot, store || self.maps_writable(&vma));
        if store {
            self.mark_dirty(pfn);
        }
        self.set_entry(fault, if store { entry.dirtied() } else { entry });
        if !store {
            self.fault_around(fault);
        }
        Ok(())
    }

    /// Whether a load maps a page writable: shared memory only, where no write need be noticed (facts 5 and 20).
    fn maps_writable(&self, vma: &Vma) -> bool {
        let shm = vma.object.is_some_and(|object| self.state.object(object).kind() == ObjectKind::Shm);
        shm && vma.is_shared() && vma.prot.has(Prot::WRITE)
    }

    /// Fact 37: a read fault maps the cached pages of a window aligned by address, within region, object and table. It
    /// does not begin before the region, and is as long as ever then (Linux `mm/memory.c`, `do_fault_around`).
    fn fault_around(&mut self, fault: &Fault) {
        let window = u64::from(self.state.config().fault_around);
        if window == 1 {
            return;
        }
        let Fault { pid, vpn, vma, .. } = *fault;
        let object = vma.object.expect("only objects are faulted around");
        let table = 1 << self.state.format().levels.last().expect("a format has levels").index_bits;
        let window = window.min(table);
        let first = (vpn.get() / window * window).max(vma.start.get());
        let end = (first + window).min((vpn.get() / table + 1) * table).min(vma.end().get());
        for page in (first..end).map(Vpn::new).filter(|&page| page != vpn) {
            let cached = self.state.object(object).cached(vma.file_page(page));
            let within = vma.file_page(page).get() < self.state.format().pages_of(self.state.object(object).size());
            // Fact 39: the marked page waits for a fault of its own.
            let cached = cached.filter(|&pfn| !self.state.frame(pfn).is_read_mark());
            if let (Some(pfn), true) = (cached, within && self.state.pte(pid, page).is_empty()) {
                self.set_pte(pid, page, Pte::frame(pfn, vma.prot, self.maps_writable(&vma)));
            }
        }
    }

    /// Fact 13: a private store at first touch goes straight to the copy; the object's page is never mapped.
    fn copy_object(&mut self, fault: &Fault) -> Result<(), OutOfMemory> {
        let object = fault.vma.object.expect("classified by its object");
        let from = self.bring_in_for_fault(&fault.vma, object, fault.vma.file_page(fault.vpn))?;
        self.pin(from);
        self.copy_to_own(fault, from)
    }

    fn copy_to_own(&mut self, fault: &Fault, from: Pfn) -> Result<(), OutOfMemory> {
        let to = self.take_frame_for(PageKey::Private(fault.pid, fault.vpn))?;
        self.emit(Event::PageCopied { from, to });
        self.adopt(fault, to);
        Ok(())
    }

    /// Facts 5 and 6: the first store through each entry makes the page dirty and the entry writable.
    fn notice_write(&mut self, fault: &Fault) {
        let pfn = fault.entry.pfn().expect("classified by its frame");
        self.mark_dirty(pfn);
        self.set_entry(fault, fault.entry.granting(fault.vma.prot, true).dirtied());
    }

    fn copy_on_write(&mut self, fault: &Fault, entry: Pte) -> Result<(), OutOfMemory> {
        let from = entry.pfn().expect("classified by its frame");
        self.pin(from);
        self.copy_to_own(fault, from)?;
        self.free_if_unmapped(from);
        Ok(())
    }

    /// Reads a private page from swap; the entries that name its slot find it in the swap cache from now on.
    pub(crate) fn read_swap(&mut self, pid: Pid, vpn: Vpn, slot: SlotId) -> Result<Pfn, OutOfMemory> {
        let pfn = self.take_frame_for(PageKey::Private(pid, vpn))?;
        self.emit(Event::SwapRead { slot, pfn });
        self.read_disk = true;
        self.emit(Event::AnonFilled { pfn, pid, vpn });
        Ok(pfn)
    }

    /// A page that another process has brought back already is in the swap cache: no disk, a minor fault.
    fn swap_in(&mut self, fault: &Fault) -> Result<(), OutOfMemory> {
        let Fault { pid, vpn, vma, store, entry, .. } = *fault;
        let slot = entry.slot().expect("classified by its slot");
        let pfn = match self.state.slot(slot).frame() {
            Some(pfn) => pfn,
            None => self.read_swap(pid, vpn, slot)?,
        };
        // The entry that is being replaced is the last that refers to the slot, and nobody has mapped the frame yet.
        let alone = self.state.frame(pfn).mappers().is_empty() && self.state.slot(slot).refs() == 1;
        let mapped = Pte::frame(pfn, vma.prot, alone && vma.prot.has(Prot::WRITE));
        let mapped = if alone { mapped.owned() } else { mapped };
        self.set_entry(fault, mapped);
        if store && !alone {
            self.copy_on_write(fault, mapped)?;
        }
        Ok(())
    }
}
