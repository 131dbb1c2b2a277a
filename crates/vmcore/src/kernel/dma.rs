//! Devices reaching into memory by themselves: what the kernel lets them see through the IOMMU, and their transfers.
//!
//! Pinning follows Linux `mm/gup.c` (`pin_user_pages_remote` with `FOLL_LONGTERM`): pages are faulted in, with a store
//! where the region permits it, and stay in their frames whatever becomes of the mapping. Simplified: a device's table
//! has one level, a transfer that is refused ends there, and a page that a device wrote is dirty at once.

use crate::command::Data;
use crate::device::{DmaFault, IommuEntry};
use crate::event::{Event, Recorder, VmaFlags};
use crate::frames::Holds;
use crate::outcome::{Errno, Outcome, SignalCode};
use crate::policy::PageKey;
use crate::process::Vma;
use crate::pte::Pte;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{AccessKind, NameId, ObjectId, Pfn, Pid, Prot, VirtAddr, Vpn};

/// Bytes that one transfer moves at most, as with read and write.
const MAX_DMA_BYTES: u64 = 16 << 20;

/// Most pages that one call maps: no machine has more frames.
const MOST_PAGES: u64 = 1 << 20;

impl<R: Recorder> Stepper<'_, R> {
    fn device_called(&self, name: NameId) -> Result<ObjectId, Errno> {
        Ok(self.state.device_named(name).ok_or(Errno::NoDevice)?.object())
    }

    /// Some pages of a device's address space, which is as wide as an address can be.
    fn iova_pages(&self, iova: u64, len: u64) -> Result<(Vpn, u64), Errno> {
        let page_bytes = self.state.page_bytes();
        if !iova.is_multiple_of(page_bytes) || len == 0 || iova.checked_add(len).is_none() {
            return Err(Errno::Invalid);
        }
        Ok((Vpn::new(iova / page_bytes), len.div_ceil(page_bytes)))
    }

    /// `kernel: iommu_map(…)`: the pages of `addr .. addr + len` are brought in and pinned, and the device reaches them
    /// at `iova`. All of them, or none.
    pub(crate) fn iommu_map(
        &mut self,
        name: NameId,
        iova: u64,
        pid: Pid,
        addr: u64,
        len: u64,
    ) -> Result<Outcome, Errno> {
        let device = self.device_called(name)?;
        let (to, pages) = self.iova_pages(iova, len)?;
        if !addr.is_multiple_of(self.state.page_bytes()) {
            return Err(Errno::Invalid);
        }
        if self.state.living(pid).is_none() {
            return Err(Errno::NoProcess);
        }
        if !self.state.config().iommu {
            return Ok(Outcome::Ok);
        }
        let known = &self.state.device(device).expect("found by its name").iommu;
        if known.range(to, to.plus(pages)).next().is_some() {
            return Err(Errno::Exists);
        }
        if pages > MOST_PAGES {
            return Err(Errno::NoMemory);
        }
        let start = addr / self.state.page_bytes();
        for i in 0..pages {
            let entry = start.checked_add(i).ok_or(Errno::Fault).and_then(|page| self.pin_page(pid, Vpn::new(page)));
            match entry {
                Ok(IommuEntry { pfn, writable }) => {
                    self.emit(Event::IommuMapped { device, page: to.plus(i), pfn, writable });
                }
                Err(errno) => {
                    self.forget_iommu(device, to, i);
                    return Err(errno);
                }
            }
        }
        Ok(Outcome::Ok)
    }

    /// The frame of a page, present and, if the region permits it, writable. Device memory is no memory to be pinned.
    fn pin_page(&mut self, pid: Pid, vpn: Vpn) -> Result<IommuEntry, Errno> {
        let inside = vpn.get() < self.state.format().user_pages();
        let vma = self.state.vma(pid, vpn).copied().filter(|vma| inside && !vma.prot.is_none());
        let vma = vma.filter(|vma| !self.maps_device(vma)).ok_or(Errno::Fault)?;
        let writable = vma.prot.has(Prot::WRITE);
        let kind = if writable { AccessKind::Store } else { AccessKind::Load };
        while !self.state.pte(pid, vpn).permits(writable, false) {
            match self.serve_fault(pid, self.state.format().address(vpn), kind, None) {
                Ok(()) => {}
                Err(SignalCode::KillOom) => return Err(Errno::NoMemory),
                Err(_) => return Err(Errno::Fault),
            }
        }
        match self.state.pte(pid, vpn).pfn() {
            Some(pfn) => Ok(IommuEntry { pfn, writable }),
            None => self.unshare_zero(pid, vpn, &vma).map_err(|OutOfMemory| Errno::NoMemory),
        }
    }

    /// The zero frame is everybody's: a page that a device shall see needs one of its own (`FAULT_FLAG_UNSHARE`).
    fn unshare_zero(&mut self, pid: Pid, vpn: Vpn, vma: &Vma) -> Result<IommuEntry, OutOfMemory> {
        let pfn = self.take_frame_for(PageKey::Private(pid, vpn))?;
        self.emit(Event::FrameZeroed { pfn });
        self.emit(Event::AnonFilled { pfn, pid, vpn });
        self.set_pte(pid, vpn, Pte::frame(pfn, vma.prot, false).owned());
        if !vma.flags.has(VmaFlags::HAD_COPY) {
            self.emit(Event::VmaFlagged { pid, start: vma.start, flags: vma.flags.with(VmaFlags::HAD_COPY) });
        }
        Ok(IommuEntry { pfn, writable: false })
    }

    /// `kernel: iommu_unmap(…)`: what is mapped there is taken away and unpinned; it is an error if nothing is.
    pub(crate) fn iommu_unmap(&mut self, name: NameId, iova: u64, len: u64) -> Result<Outcome, Errno> {
        let device = self.device_called(name)?;
        let (from, pages) = self.iova_pages(iova, len)?;
        if !self.state.config().iommu {
            return Ok(Outcome::Ok);
        }
        let any = self.forget_iommu(device, from, pages);
        if any { Ok(Outcome::Ok) } else { Err(Errno::Invalid) }
    }

    /// Takes entries away; a frame that only the device still held is free. Whether there were any.
    fn forget_iommu(&mut self, device: ObjectId, from: Vpn, pages: u64) -> bool {
        let known = &self.state.device(device).expect("found by its name").iommu;
        let going: Vec<(Vpn, IommuEntry)> = known.range(from, from.plus(pages)).copied().collect();
        for &(page, entry) in &going {
            self.emit(Event::IommuUnmapped { device, page, pfn: entry.pfn });
            self.free_if_unmapped(entry.pfn);
        }
        !going.is_empty()
    }

    /// A page of an object leaves the page cache; the frame stays as long as a device may reach it.
    pub(crate) fn release_frame(&mut self, pfn: Pfn) {
        if !self.state.is_pinned(pfn) {
            return self.emit(Event::FrameFreed { pfn, evicted: false });
        }
        self.forget_slot(pfn);
        self.emit(Event::FrameOrphaned { pfn });
    }

    /// `kernel: dma_write(…)`: the device writes into memory. What went before a refusal is written.
    pub(crate) fn dma_write(&mut self, name: NameId, iova: u64, data: &Data) -> Result<Outcome, Errno> {
        let device = self.device_called(name)?;
        let len = data.len().min(MAX_DMA_BYTES);
        self.emit(Event::DmaBegan { device, iova: VirtAddr::new(iova), len, write: true });
        let mut done = 0;
        while done < len {
            let (pfn, offset, part) = self.next_part(device, iova, done, len, true)?;
            match data {
                Data::Bytes(bytes) => self.write_chunks(pfn, offset, &bytes[done as usize..][..part as usize]),
                Data::Fill { byte, .. } => {
                    self.emit(Event::BytesFilled { pfn, offset: offset as u32, len: part as u32, byte: *byte });
                }
                Data::Memory { .. } => return Err(Errno::Invalid),
            }
            self.note_dma(pfn);
            done += part;
        }
        Ok(Outcome::Ok)
    }

    /// `kernel: dma_read(…)`: the device reads from memory.
    pub(crate) fn dma_read(&mut self, name: NameId, iova: u64, len: u64) -> Result<Outcome, Errno> {
        let device = self.device_called(name)?;
        let len = len.min(MAX_DMA_BYTES);
        self.emit(Event::DmaBegan { device, iova: VirtAddr::new(iova), len, write: false });
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < len {
            let (pfn, offset, part) = self.next_part(device, iova, bytes.len() as u64, len, false)?;
            bytes.extend((offset..offset + part).map(|at| self.state.byte(pfn, at)));
        }
        Ok(Outcome::Bytes(bytes))
    }

    /// Where the next bytes of a transfer go: the frame, the place in it, and how many they are.
    fn next_part(
        &mut self,
        device: ObjectId,
        iova: u64,
        done: u64,
        len: u64,
        write: bool,
    ) -> Result<(Pfn, u64, u64), Errno> {
        let page_bytes = self.state.page_bytes();
        // What lies beyond 64 bits is the same as nothing.
        let at = iova.checked_add(done).ok_or(Errno::Fault)?;
        let offset = at % page_bytes;
        match self.dma_target(device, at, write) {
            Ok(pfn) => {
                self.emit(Event::DmaTranslated { device, iova: VirtAddr::new(at), pfn });
                Ok((pfn, offset, (page_bytes - offset).min(len - done)))
            }
            Err(cause) => {
                self.emit(Event::DmaRefused { device, iova: VirtAddr::new(at), cause });
                Err(Errno::Fault)
            }
        }
    }

    /// The frame behind a device's address: by its table, or without an IOMMU the address itself.
    fn dma_target(&self, device: ObjectId, at: u64, write: bool) -> Result<Pfn, DmaFault> {
        let page = at / self.state.page_bytes();
        if !self.state.config().iommu {
            let pfn = u32::try_from(page).ok().filter(|&pfn| pfn < self.state.config().frames);
            return pfn.map(Pfn::new).ok_or(DmaFault::NoMemory);
        }
        let device = self.state.device(device).expect("found by its name");
        let entry = device.iommu_entry(Vpn::new(page)).ok_or(DmaFault::NoEntry)?;
        if write && !entry.writable { Err(DmaFault::ReadOnly) } else { Ok(entry.pfn) }
    }

    /// The driver knows what its device has written. Without an IOMMU nobody does: the page stays as clean as it was.
    fn note_dma(&mut self, pfn: Pfn) {
        if !self.state.config().iommu {
            return;
        }
        self.forget_slot(pfn);
        self.mark_dirty(pfn);
    }

    /// fork: a page that a device may write at any time stays its owner's own; the child gets a copy at once (Linux
    /// `mm/memory.c`, `copy_present_page`).
    pub(crate) fn copy_pinned(&mut self, child: Pid, vma: &Vma, vpn: Vpn, from: Pfn) -> Result<(), OutOfMemory> {
        let pfn = self.take_frame_for(PageKey::Private(child, vpn))?;
        self.emit(Event::PageCopied { from, to: pfn });
        self.emit(Event::AnonFilled { pfn, pid: child, vpn });
        self.set_pte(child, vpn, Pte::frame(pfn, vma.prot, vma.prot.has(Prot::WRITE)).owned());
        Ok(())
    }

    /// Whether fork must copy a page rather than share it.
    pub(crate) fn is_pinned_private(&self, pfn: Pfn) -> bool {
        self.state.is_pinned(pfn) && self.state.frame(pfn).holds() == Holds::Anon
    }
}
