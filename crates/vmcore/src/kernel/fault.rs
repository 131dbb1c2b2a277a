//! Page faults: classify, then remedy. Follows Linux `mm/memory.c` (`handle_pte_fault` and what it calls).

use crate::event::{Event, Recorder, Remedy, VmaFlags};
use crate::frames::Holds;
use crate::object::ObjectKind;
use crate::outcome::SignalCode;
use crate::policy::PageKey;
use crate::process::Vma;
use crate::pte::Pte;
use crate::state::State;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{AccessKind, Pfn, Pid, Prot, VirtAddr, Vpn};

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
struct Fault {
    pid: Pid,
    vpn: Vpn,
    store: bool,
    vma: Vma,
    entry: Pte,
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
        Some(pfn) if is_own(state, pfn) => Remedy::Reuse,
        Some(_) => Remedy::CopyOnWrite,
    }
}

/// Whether a frame is a private page that nobody else maps, in memory or in swap.
pub(super) fn is_own(state: &State, pfn: Pfn) -> bool {
    let frame = state.frame(pfn);
    let swapped = frame.slot().is_some_and(|slot| state.slot(slot).refs() > 0);
    frame.holds() == Holds::Anon && frame.mappers().len() == 1 && !swapped
}

impl<R: Recorder> Stepper<'_, R> {
    /// Serves a fault, or says which signal the access gets. A fault that ends in a signal counts as none (fact 3).
    pub(crate) fn serve_fault(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind) -> Result<(), SignalCode> {
        let mark = self.pins();
        self.read_disk = false;
        let served = self.handle_fault(pid, va, kind);
        self.unpin_to(mark);
        match served {
            Ok(vpn) => {
                self.emit(Event::FaultServed { pid, vpn, major: self.read_disk });
                Ok(())
            }
            Err(Refusal::Signal(code)) => Err(code),
            Err(Refusal::OutOfMemory) => Err(SignalCode::KillOom),
        }
    }

    fn handle_fault(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind) -> Result<Vpn, Refusal> {
        let vpn = self.state.format().vpn(va);
        let Some(&vma) = self.state.vma(pid, vpn) else {
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
        let fault = Fault { pid, vpn, store: kind == AccessKind::Store, vma, entry: self.state.pte(pid, vpn) };
        if fault.entry.is_empty() {
            self.check_end(&fault)?;
        }
        let remedy = classify(self.state, &fault);
        self.emit(Event::RemedyChosen { remedy, vpn });
        self.mend(&fault, remedy)?;
        Ok(vpn)
    }

    /// Fact 23: a page wholly beyond the end of the object cannot be used.
    fn check_end(&mut self, fault: &Fault) -> Result<(), Refusal> {
        let Some(object) = fault.vma.object else { return Ok(()) };
        let page = fault.vma.file_page(fault.vpn);
        if page.get() < self.state.format().pages_of(self.state.object(object).size()) {
            return Ok(());
        }
        self.emit(Event::BeyondEnd { object, page });
        Err(Refusal::Signal(SignalCode::BusAdrerr))
    }

    fn mend(&mut self, fault: &Fault, remedy: Remedy) -> Result<(), OutOfMemory> {
        match remedy {
            Remedy::ZeroFill => self.zero_fill(fault),
            Remedy::MapZero => {
                self.set_pte(fault.pid, fault.vpn, Pte::zero(fault.vma.prot));
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
                self.set_pte(fault.pid, fault.vpn, fault.entry.granting(fault.vma.prot, true));
                Ok(())
            }
            Remedy::SwapIn => self.swap_in(fault),
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
        self.set_pte(pid, vpn, Pte::frame(pfn, vma.prot, vma.prot.has(Prot::WRITE)));
        if !vma.flags.has(VmaFlags::HAD_COPY) {
            self.emit(Event::VmaFlagged { pid, start: vma.start, flags: vma.flags.with(VmaFlags::HAD_COPY) });
        }
    }

    fn map_object(&mut self, fault: &Fault) -> Result<(), OutOfMemory> {
        let Fault { pid, vpn, vma, store, .. } = *fault;
        let object = vma.object.expect("classified by its object");
        let pfn = self.bring_in(object, vma.file_page(vpn))?;
        if store {
            self.mark_dirty(pfn);
        }
        self.set_pte(pid, vpn, Pte::frame(pfn, vma.prot, store || self.maps_writable(&vma)));
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

    /// Fact 37: a read fault maps the cached pages of a window aligned by address, within region, object and table.
    fn fault_around(&mut self, fault: &Fault) {
        let window = u64::from(self.state.config().fault_around);
        if window == 1 {
            return;
        }
        let Fault { pid, vpn, vma, .. } = *fault;
        let object = vma.object.expect("only objects are faulted around");
        let last_table = self.state.format().levels.last().expect("a format has levels").index_bits;
        let window = window.min(1 << last_table);
        let first = Vpn::new(vpn.get() / window * window);
        for page in (0..window).map(|i| first.plus(i)).filter(|&page| page != vpn && vma.covers(page)) {
            let cached = self.state.object(object).cached(vma.file_page(page));
            let within = vma.file_page(page).get() < self.state.format().pages_of(self.state.object(object).size());
            if let (Some(pfn), true) = (cached, within && self.state.pte(pid, page).is_empty()) {
                self.set_pte(pid, page, Pte::frame(pfn, vma.prot, self.maps_writable(&vma)));
            }
        }
    }

    /// Fact 13: a private store at first touch goes straight to the copy; the object's page is never mapped.
    fn copy_object(&mut self, fault: &Fault) -> Result<(), OutOfMemory> {
        let object = fault.vma.object.expect("classified by its object");
        let from = self.bring_in(object, fault.vma.file_page(fault.vpn))?;
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
        self.set_pte(fault.pid, fault.vpn, fault.entry.granting(fault.vma.prot, true));
    }

    fn copy_on_write(&mut self, fault: &Fault, entry: Pte) -> Result<(), OutOfMemory> {
        let from = entry.pfn().expect("classified by its frame");
        self.pin(from);
        self.copy_to_own(fault, from)?;
        self.free_if_unmapped(from);
        Ok(())
    }

    /// A page that another process has brought back already is in the swap cache: no disk, a minor fault.
    fn swap_in(&mut self, fault: &Fault) -> Result<(), OutOfMemory> {
        let Fault { pid, vpn, vma, store, entry } = *fault;
        let slot = entry.slot().expect("classified by its slot");
        let pfn = match self.state.slot(slot).frame() {
            Some(pfn) => pfn,
            None => {
                let pfn = self.take_frame_for(PageKey::Private(pid, vpn))?;
                self.emit(Event::SwapRead { slot, pfn });
                self.read_disk = true;
                self.emit(Event::AnonFilled { pfn, pid, vpn });
                pfn
            }
        };
        // The entry that is being replaced is the last that refers to the slot, and nobody has mapped the frame yet.
        let alone = self.state.frame(pfn).mappers().is_empty() && self.state.slot(slot).refs() == 1;
        let mapped = Pte::frame(pfn, vma.prot, alone && vma.prot.has(Prot::WRITE));
        self.set_pte(pid, vpn, mapped);
        if store && !alone {
            self.copy_on_write(fault, mapped)?;
        }
        Ok(())
    }

    /// Populates pages of a region as mmap's `MAP_POPULATE` does: a writable private mapping as by stores, others as by
    /// loads; what faults there are count as minor even when they read the disk (facts 32 and 33). Ends quietly at the
    /// first page that cannot be had.
    pub(crate) fn populate(&mut self, pid: Pid, start: Vpn, pages: u64) -> Result<(), OutOfMemory> {
        /// Populating more than this is not a lesson but a hang.
        const MOST: u64 = 1 << 20;
        for vpn in (0..pages.min(MOST)).map(|i| start.plus(i)) {
            let Some(&vma) = self.state.vma(pid, vpn) else { break };
            let store = !vma.is_shared() && vma.prot.has(Prot::WRITE);
            let kind = if store { AccessKind::Store } else { AccessKind::Load };
            if vma.prot.is_none() || self.state.pte(pid, vpn).permits(store, false) {
                continue;
            }
            let mark = self.pins();
            let served = self.handle_fault(pid, self.state.format().address(vpn), kind);
            self.unpin_to(mark);
            match served {
                Ok(vpn) => self.emit(Event::FaultServed { pid, vpn, major: false }),
                Err(Refusal::Signal(_)) => break,
                Err(Refusal::OutOfMemory) => return Err(OutOfMemory),
            }
        }
        Ok(())
    }
}
