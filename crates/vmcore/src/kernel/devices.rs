//! Device memory as the kernel maps it: one minor fault a page, no frame, nothing dirty, nothing to evict. Follows Linux's
//! `VM_PFNMAP` mappings (`mm/memory.c`, `vmf_insert_pfn`).
//!
//! Not here: what a load finds there (`mmu/bus`), and what the device does by itself (`dma`).

use crate::event::Recorder;
use crate::outcome::Errno;
use crate::process::{OpenFile, Vma};
use crate::pte::Pte;
use crate::stepper::Stepper;
use crate::units::{ObjectId, Pid, Prot, Vpn};

impl<R: Recorder> Stepper<'_, R> {
    /// The entry of one page of a device's region: writable at once, for there is no write to be noticed.
    pub(crate) fn map_device(&mut self, pid: Pid, vpn: Vpn, vma: &Vma, object: ObjectId) {
        let first = self.state.device(object).expect("a device's object has a device").first_frame;
        let frame = first + vma.file_page(vpn).get();
        self.set_pte(pid, vpn, Pte::device(frame, vma.prot, vma.prot.has(Prot::WRITE)));
    }

    /// Whether a region maps a device's memory.
    pub(crate) fn maps_device(&self, vma: &Vma) -> bool {
        vma.object.is_some_and(|object| self.state.is_device(object))
    }

    /// Whether a device's driver lets so many pages of it be mapped: all of them there, and shared, as most drivers
    /// demand (a private copy of a register makes no sense).
    pub(crate) fn check_device_mapping(
        &self,
        file: &OpenFile,
        first: u64,
        pages: u64,
        shared: bool,
    ) -> Result<(), Errno> {
        if !self.state.is_device(file.object) {
            return Ok(());
        }
        let all = self.state.format().pages_of(self.state.object(file.object).size());
        let within = first.checked_add(pages).is_some_and(|end| end <= all);
        if shared && within { Ok(()) } else { Err(Errno::Invalid) }
    }

    /// Calls that a device which can only be mapped does not know: what Linux returns where its driver has no such
    /// operation (`fs/read_write.c`, `fs/sync.c`).
    pub(crate) fn refuse_device(&self, object: ObjectId, errno: Errno) -> Result<(), Errno> {
        if self.state.is_device(object) { Err(errno) } else { Ok(()) }
    }
}
