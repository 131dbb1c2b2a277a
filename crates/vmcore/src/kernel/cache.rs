//! The page cache: bringing pages in, writing them back, dropping them.

use crate::event::{Event, Recorder};
use crate::frames::Holds;
use crate::object::ObjectKind;
use crate::outcome::{Errno, Outcome};
use crate::policy::PageKey;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{FilePage, NameId, ObjectId, Pfn};

impl<R: Recorder> Stepper<'_, R> {
    /// The frame that caches a page of an object; it is brought in, with those after it, if there is none.
    pub(crate) fn bring_in(&mut self, object: ObjectId, page: FilePage) -> Result<Pfn, OutOfMemory> {
        if let Some(pfn) = self.state.object(object).cached(page) {
            self.emit(Event::CacheHit { object, page, pfn });
            return Ok(pfn);
        }
        self.emit(Event::CacheMissed { object, page });
        let pfn = self.fetch(object, page)?;
        if self.state.object(object).kind() == ObjectKind::File && !self.state.config().has_windows() {
            self.read_ahead(object, page, pfn);
        }
        Ok(pfn)
    }

    /// The pages after one that missed, as many as the machine reads ahead; what has just come in stays.
    fn read_ahead(&mut self, object: ObjectId, missed: FilePage, pfn: Pfn) {
        let end = self.state.format().pages_of(self.state.object(object).size());
        let last = end.min(missed.get() + u64::from(self.state.config().readahead));
        let mark = self.pins();
        self.pin(pfn);
        for page in (missed.get() + 1..last).map(FilePage::new) {
            if self.state.object(object).cached(page).is_some() {
                continue;
            }
            match self.fetch(object, page) {
                Ok(pfn) => self.pin(pfn),
                // Reading ahead is a favour: where there is no room it ends.
                Err(OutOfMemory) => break,
            }
        }
        self.unpin_to(mark);
    }

    /// Brings one page in that is not cached, from wherever it is.
    pub(crate) fn fetch(&mut self, object: ObjectId, page: FilePage) -> Result<Pfn, OutOfMemory> {
        let pfn = self.take_frame_for(PageKey::Object(object, page))?;
        let owner = self.state.object(object);
        let swapped = owner.slot(page).is_some();
        if let Some(slot) = owner.slot(page) {
            self.emit(Event::SwapRead { slot, pfn });
            self.read_disk = true;
        } else if owner.kind() == ObjectKind::Shm {
            self.emit(Event::HoleRead { object, page, pfn });
        } else if owner.has_block(page, self.state.page_bytes()) {
            let joined = self.joins(self.last_read, object, page);
            self.emit(Event::DiskRead { object, page, pfn, joined });
            self.last_read = Some((object, page));
            self.read_disk = true;
        } else {
            // Fact 25: a page that the file has grown by is a major fault, though nothing is read.
            self.emit(Event::HoleRead { object, page, pfn });
            self.read_disk = true;
        }
        self.emit(Event::PageCached { object, page, pfn });
        if swapped {
            self.mark_dirty(pfn);
        }
        Ok(pfn)
    }

    fn joins(&self, last: Option<(ObjectId, FilePage)>, object: ObjectId, page: FilePage) -> bool {
        last.is_some_and(|(before, at)| before == object && at.plus(1) == page)
    }

    /// A cached page of a file is newer than the disk's. Shared memory has no disk, and is never written for it (fact
    /// 21); there the mark only says that the page was written.
    pub(crate) fn mark_dirty(&mut self, pfn: Pfn) {
        let frame = self.state.frame(pfn);
        if !frame.is_dirty() && matches!(frame.holds(), Holds::Object { .. }) {
            self.emit(Event::DirtyMarked { pfn });
        }
    }

    /// Writes a dirty page to its file: it is clean, and every process will fault at its next store (fact 7).
    pub(crate) fn write_page(&mut self, pfn: Pfn) {
        let Holds::Object { object, page } = self.state.frame(pfn).holds() else {
            unreachable!("only pages of files are dirty")
        };
        self.emit(Event::DirtyCleared { pfn });
        for mapper in self.state.frame(pfn).mappers().to_vec() {
            let leaf = self.state.leaf(mapper.pid, mapper.vpn).expect("the reverse map is right");
            self.rewrite(mapper.pid, mapper.vpn, leaf, leaf.entry.cleaned());
        }
        // Fact 24: what was stored beyond the end never reaches the file.
        self.zero_tail(object, page, pfn);
        let joined = self.joins(self.last_written, object, page);
        self.emit(Event::DiskWritten { object, page, pfn, joined });
        self.last_written = Some((object, page));
    }

    /// Zeroes what of a cached page lies beyond the end of the object, if anything stands there.
    pub(crate) fn zero_tail(&mut self, object: ObjectId, page: FilePage, pfn: Pfn) {
        let page_bytes = self.state.page_bytes();
        let start = page.get() * page_bytes;
        let within = self.state.object(object).size().saturating_sub(start).min(page_bytes);
        if (within..page_bytes).any(|offset| self.state.byte(pfn, offset) != 0) {
            let (offset, len) = (within as u32, (page_bytes - within) as u32);
            self.emit(Event::BytesFilled { pfn, offset, len, byte: 0 });
            self.forget_slot(pfn);
        }
    }

    /// Writes the dirty pages of an object from `first` up to but not including `end`, in order.
    pub(crate) fn write_range(&mut self, object: ObjectId, first: FilePage, end: FilePage) {
        if self.state.object(object).kind() != ObjectKind::File {
            return;
        }
        let cached = self.state.object(object).cached_within(first, end);
        let within = cached.filter(|&(_, pfn)| self.state.frame(pfn).is_dirty());
        for (_, pfn) in within.collect::<Vec<_>>() {
            self.write_page(pfn);
        }
    }

    /// Writes everything that the disk does not know of an object.
    pub(crate) fn write_object(&mut self, object: ObjectId) {
        self.write_range(object, FilePage::new(0), FilePage::new(u64::MAX));
        let target = self.state.object(object);
        if target.kind() == ObjectKind::File && target.disk_size != target.size() {
            self.emit(Event::SizeSaved { object });
        }
    }

    /// `kernel: write_back()`.
    pub(crate) fn write_all_dirty(&mut self) {
        for object in self.files() {
            self.write_object(object);
        }
    }

    fn files(&self) -> Vec<ObjectId> {
        let files =
            self.state.objects().filter(|(_, object)| object.kind() == ObjectKind::File && !object.is_dropped());
        files.map(|(id, _)| id).collect()
    }

    /// The timer: pages that have been dirty for the set number of steps are written.
    #[inline]
    pub(crate) fn write_back_old_pages(&mut self) {
        let Some(steps) = self.state.config().write_back else { return };
        while let Some(&((since, _, pfn), ())) = self.state.dirty_ages.first()
            && since + steps <= self.state.steps()
        {
            self.write_page(pfn);
        }
    }

    /// `kernel: drop_caches(NAME)`: writes what is dirty, forgets what nobody maps (fact 10).
    pub(crate) fn drop_caches(&mut self, name: NameId) -> Outcome {
        let Some(object) = self.state.named(name) else { return Outcome::Errno(Errno::NoEntry) };
        if self.state.object(object).kind() == ObjectKind::File {
            self.write_object(object);
            self.forget_pages(object, FilePage::new(0), false);
        }
        Outcome::Ok
    }

    /// Forgets cached pages from `first` on, those that are mapped or pinned only if `mapped` says so.
    pub(crate) fn forget_pages(&mut self, object: ObjectId, first: FilePage, mapped: bool) {
        let cached = self.state.object(object).cached_pages();
        let going = cached.filter(|&(page, pfn)| page >= first && (mapped || self.is_idle(pfn)));
        for (page, pfn) in going.collect::<Vec<_>>() {
            self.forget_page(object, page, pfn);
        }
    }

    /// Whether nobody maps a cached page, and no device can reach it.
    pub(crate) fn is_idle(&self, pfn: Pfn) -> bool {
        self.state.frame(pfn).mappers().is_empty() && !self.state.is_pinned(pfn)
    }

    /// Forgets one cached page that nobody maps, written or not.
    pub(crate) fn forget_page(&mut self, object: ObjectId, page: FilePage, pfn: Pfn) {
        if self.state.frame(pfn).is_dirty() {
            self.emit(Event::DirtyCleared { pfn });
        }
        let slot = self.state.frame(pfn).slot();
        self.emit(Event::PageUncached { object, page, pfn });
        self.release_frame(pfn);
        if let Some(slot) = slot {
            self.free_slot_if_unused(slot);
        }
    }

    /// An object whose name is gone and that nobody has open or mapped gives its space back.
    pub(crate) fn drop_if_unused(&mut self, object: ObjectId) {
        let target = self.state.object(object);
        // A device is there whatever it is called.
        let stays = target.kind() == ObjectKind::Device;
        if target.users > 0 || target.is_linked() || target.is_dropped() || stays {
            return;
        }
        self.forget_pages(object, FilePage::new(0), true);
        self.forget_slots(object, FilePage::new(0), FilePage::new(u64::MAX));
        self.emit(Event::ObjectDropped { object });
    }

    /// Gives back the swap slots of an object's pages from `first` up to but not including `end`.
    pub(crate) fn forget_slots(&mut self, object: ObjectId, first: FilePage, end: FilePage) {
        let swapped = self.state.object(object).swapped.range(first, end);
        for (page, slot) in swapped.copied().collect::<Vec<_>>() {
            self.emit(Event::ObjectUnswapped { object, page, slot });
            self.free_slot_if_unused(slot);
        }
    }
}
