//! Files changing length under their mappings.

use crate::event::{Event, Recorder};
use crate::object::ObjectKind;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{FilePage, ObjectId, Pid, Vpn};

impl<R: Recorder> Stepper<'_, R> {
    /// Gives an object another length, in bytes.
    pub(crate) fn set_size(&mut self, object: ObjectId, size: u64) -> Result<(), OutOfMemory> {
        let old = self.state.object(object).size();
        if size < old {
            self.cut(object, size)?;
        } else if size > old {
            self.clear_tail_to_grow(object, old)?;
            self.emit(Event::SizeChanged { object, size });
        }
        Ok(())
    }

    /// Fact 25: the pages beyond the new end go from every process, private copies too (fact 15); the page that is
    /// cut stays mapped, its rest is zeroed, and it becomes dirty.
    fn cut(&mut self, object: ObjectId, size: u64) -> Result<(), OutOfMemory> {
        let first_gone = FilePage::new(self.state.format().pages_of(size));
        for (pid, start, pages) in self.mapped_beyond(object, first_gone) {
            self.unmap_range(pid, start, pages);
        }
        self.forget_pages(object, first_gone, true);
        self.forget_slots(object, first_gone, FilePage::new(u64::MAX));
        self.emit(Event::SizeChanged { object, size });
        self.zero_last_page(object, size)?;
        if !size.is_multiple_of(self.state.page_bytes())
            && let Some(pfn) = self.state.object(object).cached(FilePage::new(size / self.state.page_bytes()))
        {
            self.mark_dirty(pfn);
        }
        Ok(())
    }

    /// What was stored beyond the old end does not show when the file grows (fact 24). Linux reads the page in for that
    /// if the disk has it, and it is dirty then (`fs/ext4/inode.c`, `ext4_block_truncate_page`).
    fn clear_tail_to_grow(&mut self, object: ObjectId, old: u64) -> Result<(), OutOfMemory> {
        let page_bytes = self.state.page_bytes();
        let page = FilePage::new(old / page_bytes);
        let target = self.state.object(object);
        let is_cut = target.kind() == ObjectKind::File && !old.is_multiple_of(page_bytes);
        if is_cut && target.cached(page).is_none() && target.has_block(page, page_bytes) {
            self.fetch(object, page)?;
        }
        self.zero_last_page(object, old)?;
        if let Some(pfn) = self.state.object(object).cached(page).filter(|_| is_cut) {
            self.mark_dirty(pfn);
        }
        Ok(())
    }

    /// Zeroes what stands beyond `size` in the page that it cuts; one that lies in swap comes back for it, as in Linux
    /// (`mm/shmem.c`, `shmem_get_partial_folio`).
    fn zero_last_page(&mut self, object: ObjectId, size: u64) -> Result<(), OutOfMemory> {
        let page = FilePage::new(size / self.state.page_bytes());
        if size.is_multiple_of(self.state.page_bytes()) {
            return Ok(());
        }
        let target = self.state.object(object);
        let pfn = match target.slot(page) {
            Some(_) => Some(self.fetch(object, page)?),
            None => target.cached(page),
        };
        if let Some(pfn) = pfn {
            self.zero_tail(object, page, pfn);
        }
        Ok(())
    }

    /// Where processes map pages of an object from `first` on.
    pub(crate) fn mapped_beyond(&self, object: ObjectId, first: FilePage) -> Vec<(Pid, Vpn, u64)> {
        let living = self.state.processes().filter(|(_, process)| process.is_alive());
        let vmas = living.flat_map(|(pid, process)| process.vmas().map(move |vma| (pid, vma)));
        let of_object = vmas.filter(|(_, vma)| vma.object == Some(object));
        let part = of_object.filter_map(|(pid, vma)| {
            let skipped = first.get().saturating_sub(vma.first.get());
            (skipped < vma.pages).then(|| (pid, vma.start.plus(skipped), vma.pages - skipped))
        });
        part.collect()
    }

    /// Zeroes what stands beyond the end in the last page before a write makes the object longer.
    pub(crate) fn prepare_growth(&mut self, object: ObjectId, offset: u64) -> Result<(), OutOfMemory> {
        let size = self.state.object(object).size();
        let same_page = offset / self.state.page_bytes() == size / self.state.page_bytes();
        match offset >= size {
            true if same_page => self.zero_last_page(object, size),
            true => self.clear_tail_to_grow(object, size),
            false => Ok(()),
        }
    }
}
