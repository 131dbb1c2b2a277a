//! Page-table entries as the kernel writes them: tables made on the way, stale TLB copies shot down.

use crate::event::{Event, Recorder};
use crate::frames::Holds;
use crate::mmu::{Leaf, WalkStep};
use crate::pte::Pte;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{Pfn, Pid, SlotId, TableId, Vpn};

impl<R: Recorder> Stepper<'_, R> {
    /// Writes the entry of a page of a living process; a huge page around it is split, and missing tables are made, which
    /// [`prepare_tables`](Self::prepare_tables) must have done where they can lack memory.
    pub(crate) fn set_pte(&mut self, pid: Pid, vpn: Vpn, new: Pte) {
        let known = self.state.leaf(pid, vpn);
        if known.is_some_and(|leaf| leaf.entry.is_huge()) {
            self.split_at(pid, vpn);
        }
        let leaf = match known.filter(|leaf| !leaf.entry.is_huge()) {
            Some(leaf) => leaf,
            None => {
                let last = self.state.format().levels.len() - 1;
                self.make_tables(pid, vpn, last).unwrap_or_else(|OutOfMemory| unreachable!("tables were prepared"))
            }
        };
        self.rewrite(pid, vpn, leaf, new);
    }

    /// Writes an entry whose place is known, and what stands there.
    pub(crate) fn rewrite(&mut self, pid: Pid, vpn: Vpn, leaf: WalkStep, new: Pte) {
        self.rewrite_at(pid, vpn, leaf.into(), new);
    }

    /// The same by the place alone.
    pub(crate) fn rewrite_at(&mut self, pid: Pid, vpn: Vpn, leaf: Leaf, new: Pte) {
        let Leaf { table, index } = leaf;
        let old = self.state.tables.entry(table, index);
        if old == new {
            return;
        }
        self.emit(Event::PteWritten { table, index, old, new });
        if old.is_present() {
            self.shoot_down(pid, vpn);
        }
    }

    /// Where tables take frames: makes those that a page lacks before its frame is taken, as Linux does (`mm/memory.c`,
    /// `__handle_mm_fault`). Pages may have to go, so that entries read before are stale.
    pub(crate) fn prepare_tables(&mut self, pid: Pid, vpn: Vpn) -> Result<(), OutOfMemory> {
        if self.state.config().tables_in_frames && self.state.leaf(pid, vpn).is_none() {
            self.make_tables(pid, vpn, self.state.format().levels.len() - 1)?;
        }
        Ok(())
    }

    /// Makes the tables on the way to a page down to the one of a level; the page's entry there.
    pub(super) fn make_tables(&mut self, pid: Pid, vpn: Vpn, least: usize) -> Result<WalkStep, OutOfMemory> {
        loop {
            let last = *self.state.walk(pid, vpn).last().expect("there is always a root");
            let level = last.level + 1;
            if last.level == least {
                return Ok(last);
            }
            let base = self.table_base(vpn, level);
            let table = match self.reserve_of(pid, base).filter(|_| level + 1 == self.state.format().levels.len()) {
                Some(table) => table,
                None => {
                    let frame = self.frames_for_table(level)?;
                    let table = self.state.tables.next_id();
                    self.emit(Event::TableAdded { table, pid, level: level as u8, base, frame });
                    table
                }
            };
            let new = Pte::table(table);
            self.emit(Event::PteWritten { table: last.table, index: last.index, old: last.entry, new });
        }
    }

    /// The first page that the table of a level speaks of which holds a page.
    fn table_base(&self, vpn: Vpn, level: usize) -> Vpn {
        let format = self.state.format();
        let reach = format.index_shift(level) + u32::from(format.levels[level].index_bits);
        Vpn::new(vpn.get() >> reach << reach)
    }

    /// Removes a page's translation from the TLB, where the machine does that at all.
    pub(crate) fn shoot_down(&mut self, pid: Pid, vpn: Vpn) {
        if !self.state.config().shootdown {
            return;
        }
        if let Some((slot, _)) = self.state.tlb().find(pid, vpn) {
            self.emit(Event::TlbDropped { slot });
        }
    }

    /// Empties the entries of some pages and gives back what only they held.
    pub(crate) fn unmap_range(&mut self, pid: Pid, start: Vpn, pages: u64) {
        for (vpn, leaf) in self.entries_to_change(pid, start, pages) {
            self.unmap(pid, vpn, leaf);
        }
    }

    /// Empties one entry, maybe of a huge page; a private page that nobody else maps is gone, a page of the cache stays there.
    pub(crate) fn unmap(&mut self, pid: Pid, vpn: Vpn, leaf: WalkStep) {
        self.rewrite(pid, vpn, leaf, Pte::EMPTY);
        if let Some(pfn) = leaf.entry.pfn() {
            // Fact 8: dirtiness outlives the entry.
            if leaf.entry.is_dirty() {
                self.mark_dirty(pfn);
            }
            for offset in 0..self.state.pages_of(leaf.entry) as u32 {
                self.free_if_unmapped(Pfn::new(pfn.get() + offset));
            }
        }
        if leaf.entry.is_huge() {
            self.give_back_reserve(pid, vpn);
        }
        if let Some(slot) = leaf.entry.slot() {
            self.free_slot_if_unused(slot);
        }
    }

    /// Frees a private page's frame that no entry points at any more, and that no device can reach.
    pub(crate) fn free_if_unmapped(&mut self, pfn: Pfn) {
        let frame = self.state.frame(pfn);
        if frame.holds() != Holds::Anon || !frame.mappers().is_empty() || self.state.is_pinned(pfn) {
            return;
        }
        let slot = frame.slot();
        self.emit(Event::FrameFreed { pfn, evicted: false });
        if let Some(slot) = slot {
            self.free_slot_if_unused(slot);
        }
    }

    /// Frees a swap slot that no entry, object or frame refers to.
    pub(crate) fn free_slot_if_unused(&mut self, slot: SlotId) {
        let place = self.state.slot(slot);
        if !place.is_used() || place.refs() > 0 {
            return;
        }
        match place.frame() {
            None => self.emit(Event::SlotFreed { slot }),
            // Brought back and never mapped: nobody can find it any more.
            Some(pfn)
                if self.state.frame(pfn).holds() == Holds::Anon
                    && self.state.frame(pfn).mappers().is_empty()
                    && !self.state.is_pinned(pfn) =>
            {
                self.emit(Event::FrameFreed { pfn, evicted: false });
                self.emit(Event::SlotFreed { slot });
            }
            Some(_) => {}
        }
    }

    /// A frame has been changed: its copy in swap, if it has one, is no longer true.
    #[inline]
    pub(crate) fn forget_slot(&mut self, pfn: Pfn) {
        if let Some(slot) = self.state.frame(pfn).slot() {
            self.emit(Event::SlotDetached { slot, pfn });
            self.free_slot_if_unused(slot);
        }
    }

    /// Gives back tables below the root that have become empty, bottom first.
    pub(crate) fn prune_tables(&mut self, pid: Pid, start: Vpn, pages: u64) {
        let levels = self.state.format().levels.len();
        for level in (1..levels).rev() {
            for (table, base) in self.empty_tables(pid, level, start, pages) {
                self.remove_table(pid, table, base, level);
            }
        }
    }

    /// Linux gives back last-level tables that `MADV_DONTNEED` has emptied whole (`mm/pt_reclaim.c`, x86-64 since 6.14): what
    /// was split can be huge again. Formats without huge pages keep them.
    pub(super) fn prune_emptied(&mut self, pid: Pid, start: Vpn, pages: u64) {
        let Some(huge) = self.state.format().huge_pages() else { return };
        let level = self.state.format().levels.len() - 1;
        for (table, base) in self.empty_tables(pid, level, start, pages) {
            if base >= start && base.plus(huge) <= start.plus(pages) {
                self.remove_table(pid, table, base, level);
            }
        }
    }

    fn empty_tables(&self, pid: Pid, level: usize, start: Vpn, pages: u64) -> Vec<(TableId, Vpn)> {
        let reach =
            1u64 << (self.state.format().index_shift(level) + u32::from(self.state.format().levels[level].index_bits));
        let touched = |base: Vpn| base < start.plus(pages) && base.plus(reach) > start;
        let mine = self.state.tables().filter(|(_, table)| table.pid() == pid && table.level() == level);
        let empty = mine.filter(|(_, table)| touched(table.base()) && table.is_blank());
        empty.map(|(id, table)| (id, table.base())).collect()
    }

    fn remove_table(&mut self, pid: Pid, table: TableId, base: Vpn, level: usize) {
        let parent = self.state.walk(pid, base)[level - 1];
        self.emit(Event::PteWritten { table: parent.table, index: parent.index, old: parent.entry, new: Pte::EMPTY });
        self.emit(Event::TableRemoved { table });
    }
}
