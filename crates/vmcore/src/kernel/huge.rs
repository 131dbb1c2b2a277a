//! Huge pages of anonymous memory (`MADV_HUGEPAGE`): mapped at first touch, split when a part goes its own way. Follows
//! Linux `mm/huge_memory.c` with `enabled` set to `madvise`.
//!
//! Owns: when a fault maps a huge page, what a store to a shared one does, splitting. Does not own: entries of single
//! pages. Nothing joins small pages to a huge one later (`khugepaged`), and frames are not moved to make room.

use super::fault::{Fault, is_own};
use crate::event::{Event, Recorder, Remedy, VmaFlags};
use crate::mmu::WalkStep;
use crate::process::Vma;
use crate::pte::Pte;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{Pfn, Pid, Prot, TableId, Vpn};

impl<R: Recorder> Stepper<'_, R> {
    /// Serves a fault by a huge page as a whole, if that can be; false leaves it to the page alone, whose entry may be
    /// another then.
    pub(super) fn serve_huge(&mut self, fault: &Fault) -> Result<bool, OutOfMemory> {
        let Fault { pid, vpn, store, vma, entry, .. } = *fault;
        if entry.is_huge() {
            return if store && !entry.is_writable() { Ok(self.store_to_shared(fault)) } else { Ok(false) };
        }
        let Some(first) = self.huge_range(&vma, vpn).filter(|_| self.state.leaf(pid, vpn).is_none()) else {
            return Ok(false);
        };
        if !store && self.state.config().zero_page {
            let step = self.prepare_huge(pid, first)?;
            self.emit(Event::RemedyChosen { remedy: Remedy::MapZeroHuge, vpn });
            self.rewrite(pid, first, step, Pte::zero(vma.prot).huge());
            self.note_copy(&vma, pid);
            return Ok(true);
        }
        self.fill_empty(&vma, pid, first)
    }

    /// The first page of the huge page around a page, if the region permits one and covers it whole.
    fn huge_range(&self, vma: &Vma, vpn: Vpn) -> Option<Vpn> {
        let pages = self.state.format().huge_pages()?;
        let first = Vpn::new(vpn.get() & !(pages - 1));
        let wanted = vma.flags.has(VmaFlags::HUGE) && vma.object.is_none() && !vma.is_shared();
        (wanted && first >= vma.start && first.plus(pages) <= vma.end()).then_some(first)
    }

    /// Frames side by side for a huge page, if so many are free; nothing is evicted for one.
    fn huge_frames(&self) -> Option<Pfn> {
        let pages = u32::try_from(self.state.format().huge_pages()?).ok()?;
        let room = self.state.policy.room(self.state.running()) >= pages;
        self.state.free.lowest_run(pages, pages).filter(|_| room).map(Pfn::new)
    }

    fn fill_empty(&mut self, vma: &Vma, pid: Pid, first: Vpn) -> Result<bool, OutOfMemory> {
        if self.huge_frames().is_none() {
            return Ok(false);
        }
        let step = self.prepare_huge(pid, first)?;
        Ok(self.fill_huge(vma, pid, first, step))
    }

    /// Maps frames of zeros, if there are still enough: tables may have taken some.
    fn fill_huge(&mut self, vma: &Vma, pid: Pid, first: Vpn, step: WalkStep) -> bool {
        let Some(pfn) = self.huge_frames() else { return false };
        self.emit(Event::RemedyChosen { remedy: Remedy::ZeroFillHuge, vpn: first });
        self.emit(Event::HugeFilled { pfn, pid, vpn: first });
        let entry = Pte::frame(pfn, vma.prot, vma.prot.has(Prot::WRITE)).owned().huge();
        self.rewrite(pid, first, step, if entry.is_writable() { entry.dirtied() } else { entry });
        self.note_copy(vma, pid);
        true
    }

    fn note_copy(&mut self, vma: &Vma, pid: Pid) {
        if !vma.flags.has(VmaFlags::HAD_COPY) {
            self.emit(Event::VmaFlagged { pid, start: vma.start, flags: vma.flags.with(VmaFlags::HAD_COPY) });
        }
    }

    /// A store to a huge page that its entry does not permit: the last owner keeps it, of zeros there comes a page of one's
    /// own; otherwise it is split, and the one page is dealt with by itself.
    fn store_to_shared(&mut self, fault: &Fault) -> bool {
        let Fault { pid, vpn, vma, .. } = *fault;
        let step = self.state.leaf(pid, vpn).expect("it has an entry");
        let first = self.state.first_of(step.entry, vpn);
        let served = match step.entry.is_zero() {
            true => self.huge_range(&vma, vpn).is_some() && self.fill_huge(&vma, pid, first, step),
            false => self.reuse_huge(fault, first, step),
        };
        if !served {
            self.split_at(pid, vpn);
        }
        served
    }

    fn reuse_huge(&mut self, fault: &Fault, first: Vpn, step: WalkStep) -> bool {
        let pfn = step.entry.pfn().expect("it holds frames");
        let alone = is_own(self.state, pfn) && self.state.frame(pfn).large;
        if !step.entry.is_owned() && !alone {
            return false;
        }
        self.emit(Event::RemedyChosen { remedy: Remedy::Reuse, vpn: fault.vpn });
        self.rewrite(fault.pid, first, step, step.entry.granting(fault.vma.prot, true).owned().dirtied());
        true
    }

    /// Makes the tables above the entry of a huge page. Where tables take frames, one for its pages is set aside as
    /// well, so that it can always be split (`pgtable_trans_huge_deposit`).
    pub(super) fn prepare_huge(&mut self, pid: Pid, first: Vpn) -> Result<WalkStep, OutOfMemory> {
        let level = self.state.format().huge_level().expect("only formats with huge pages map any");
        let step = self.make_tables(pid, first, level)?;
        if self.state.config().tables_in_frames && self.reserve_of(pid, first).is_none() {
            let frame = self.frames_for_table(level + 1)?;
            let table = self.state.tables.next_id();
            self.emit(Event::TableAdded { table, pid, level: level as u8 + 1, base: first, frame });
        }
        Ok(step)
    }

    /// Maps a huge page that another process has too, by tables that were prepared.
    pub(super) fn share_huge(&mut self, pid: Pid, first: Vpn, entry: Pte) {
        let step = self.prepare_huge(pid, first).unwrap_or_else(|OutOfMemory| unreachable!("tables were prepared"));
        self.rewrite(pid, first, step, entry);
    }

    /// The table that was set aside for the pages of a huge page.
    pub(super) fn reserve_of(&self, pid: Pid, first: Vpn) -> Option<TableId> {
        if !self.state.config().tables_in_frames {
            return None;
        }
        let last = self.state.format().levels.len() - 1;
        let is_linked = |id| self.state.walk(pid, first).last().is_some_and(|step| step.table == id);
        let mut tables = self.state.tables();
        let found = tables.find(|(_, table)| (table.pid(), table.level(), table.base()) == (pid, last, first));
        found.map(|(id, _)| id).filter(|&id| !is_linked(id))
    }

    pub(super) fn give_back_reserve(&mut self, pid: Pid, first: Vpn) {
        if let Some(table) = self.reserve_of(pid, first) {
            self.emit(Event::TableRemoved { table });
        }
    }

    /// Gives the pages of the huge page around a page entries of their own; nothing if there is no such page. Needs no
    /// memory that was not set aside.
    pub(super) fn split_at(&mut self, pid: Pid, vpn: Vpn) {
        let Some(step) = self.state.leaf(pid, vpn).filter(|step| step.entry.is_huge()) else { return };
        let base = self.state.first_of(step.entry, vpn);
        let into = self.reserve_of(pid, base).unwrap_or_else(|| {
            let table = self.state.tables.next_id();
            let level = step.level as u8 + 1;
            self.emit(Event::TableAdded { table, pid, level, base, frame: None });
            table
        });
        self.emit(Event::HugeSplit { table: step.table, index: step.index, into });
        if step.entry.is_present() {
            self.shoot_down(pid, base);
        }
    }

    /// Splits the huge pages that cross an edge of a range.
    pub(super) fn split_edges(&mut self, pid: Pid, start: Vpn, pages: u64) {
        let Some(huge) = self.state.format().huge_pages() else { return };
        for at in [start, start.plus(pages)] {
            if at.get() & (huge - 1) != 0 {
                self.split_at(pid, at);
            }
        }
    }

    /// The entries of a range that is about to change: huge pages stay whole where all of one is in it.
    pub(super) fn entries_to_change(&mut self, pid: Pid, start: Vpn, pages: u64) -> Vec<(Vpn, WalkStep)> {
        self.split_edges(pid, start, pages);
        self.state.entries(pid, start, pages)
    }

    /// The entries of a range for `MADV_COLD` and `MADV_FREE`: of huge pages those that are nobody else's. One that is in
    /// the range in part is taken apart for good (`mm/madvise.c`, `madvise_cold_or_pageout_pte_range`).
    pub(super) fn entries_to_age(&mut self, pid: Pid, start: Vpn, pages: u64) -> Vec<(Vpn, WalkStep)> {
        let end = start.plus(pages);
        for (first, step) in self.state.entries(pid, start, pages) {
            let whole = first >= start && first.plus(self.state.pages_of(step.entry)) <= end;
            if !whole && self.may_age(pid, &step) {
                self.take_apart(pid, first, &step);
            }
        }
        let mut entries = self.state.entries(pid, start, pages);
        entries.retain(|(_, step)| self.may_age(pid, step));
        entries
    }

    /// The same for `MADV_PAGEOUT`, where each page goes by itself.
    pub(super) fn pages_to_age(&mut self, pid: Pid, start: Vpn, pages: u64) -> Vec<(Vpn, WalkStep)> {
        for (first, step) in self.entries_to_age(pid, start, pages) {
            let room = u64::from(self.state.free_slots.free()) >= self.state.pages_of(step.entry);
            match step.entry.is_huge() {
                true if room => self.split_at(pid, first),
                // It cannot go to swap as a whole (`mm/vmscan.c`, `shrink_folio_list`).
                true => self.take_apart(pid, first, &step),
                false => {}
            }
        }
        let mut entries = self.state.entries(pid, start, pages);
        entries.retain(|(_, step)| !step.entry.is_huge());
        entries
    }

    fn may_age(&self, pid: Pid, step: &WalkStep) -> bool {
        !step.entry.is_huge() || step.entry.pfn().is_some_and(|pfn| self.state.is_run_of_one(pfn, pid))
    }

    /// The frames of a huge page that belongs to one process go their own ways; those that hold but zeros are given up for
    /// the zero frame (`mm/migrate.c`, `try_to_map_unused_to_zeropage`).
    fn take_apart(&mut self, pid: Pid, first: Vpn, step: &WalkStep) {
        self.split_at(pid, first);
        let Some(pfn) = step.entry.pfn() else { return };
        self.emit(Event::HugeTakenApart { pfn });
        let vma = *self.process(pid).vma(first).expect("entries lie in regions");
        if !self.state.config().zero_page || vma.flags.has(VmaFlags::LOCKED) {
            return;
        }
        for (vpn, leaf) in self.state.entries(pid, first, self.state.pages_of(step.entry)) {
            let unused = |pfn: &Pfn| self.state.is_zeros(*pfn) && !self.state.is_pinned(*pfn);
            if let Some(pfn) = leaf.entry.pfn().filter(unused) {
                self.rewrite(pid, vpn, leaf, Pte::zero(vma.prot));
                self.free_if_unmapped(pfn);
            }
        }
    }

    /// The same as [`entries_to_change`](Self::entries_to_change) where each page changes by itself.
    pub(super) fn pages_to_change(&mut self, pid: Pid, start: Vpn, pages: u64) -> Vec<(Vpn, WalkStep)> {
        for (vpn, step) in self.state.entries(pid, start, pages) {
            if step.entry.is_huge() {
                self.split_at(pid, vpn);
            }
        }
        self.state.entries(pid, start, pages)
    }
}
