//! Frames: taking one, and making room when none is free.

use crate::event::{Event, Reason, Recorder};
use crate::frames::Holds;
use crate::object::ObjectKind;
use crate::outcome::Outcome;
use crate::policy::{PageKey, ReclaimView, Verdict};
use crate::pte::Pte;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{FilePage, ObjectId, Pfn, SlotId};

impl<R: Recorder> Stepper<'_, R> {
    /// The lowest free frame for a page; a victim goes first if there is none, or none more for this process.
    pub(crate) fn take_frame_for(&mut self, key: PageKey) -> Result<Pfn, OutOfMemory> {
        if self.state.policy.hears_wanted() {
            self.emit(Event::FrameWanted { key });
        }
        if self.state.free_frames() == 0 || self.state.policy.is_at_quota(self.state.running) {
            let (victim, reason) = self.choose_victim(false).ok_or(OutOfMemory)?;
            self.evict(victim, reason);
        }
        let pfn = Pfn::new(self.state.free.lowest().expect("one is free now"));
        self.emit(Event::FrameTaken { pfn });
        Ok(pfn)
    }

    /// Frames for a page table of a level, as many side by side as it needs: the lowest that are free. Pages go until
    /// there are enough; no quota counts them.
    pub(crate) fn frames_for_table(&mut self, level: usize) -> Result<Option<Pfn>, OutOfMemory> {
        if !self.state.config().tables_in_frames {
            return Ok(None);
        }
        let pages = self.state.format().table_pages(level);
        let pages =
            u32::try_from(pages).ok().filter(|&pages| pages <= self.state.config().frames).ok_or(OutOfMemory)?;
        loop {
            if let Some(first) = self.state.free.lowest_run(pages, 1) {
                return Ok(Some(Pfn::new(first)));
            }
            let (victim, reason) = self.choose_victim(false).ok_or(OutOfMemory)?;
            self.evict(victim, reason);
        }
    }

    /// Asks the policy until it names a page; on the way it gives others a second chance.
    fn choose_victim(&mut self, any: bool) -> Option<(Pfn, Reason)> {
        loop {
            match self.ask_policy(any)? {
                Verdict::Spare(pfn) => self.emit(Event::VictimProbed { pfn }),
                Verdict::Evict(pfn, reason) => return Some((pfn, reason)),
            }
        }
    }

    fn ask_policy(&self, any: bool) -> Option<Verdict> {
        let state = &*self.state;
        let evictable =
            |pfn| state.can_leave(pfn) && !self.is_pinned(pfn) && !(state.ever_locked && state.is_locked(pfn));
        let view = ReclaimView { frames: &state.frames, evictable: Some(&evictable), draws: state.draws.as_deref() };
        if any {
            return state.policy.consider_any(&view);
        }
        state.policy.consider(&view, state.running, &|pid| state.living(pid).is_none())
    }

    /// The victim leaves every page table, reaches the disk or swap if it must, and its frame is free.
    fn evict(&mut self, pfn: Pfn, reason: Reason) {
        self.emit(Event::VictimChosen { pfn, reason });
        self.evict_page(pfn);
    }

    /// The page leaves its frame for wherever it can be found again, if it must be.
    pub(crate) fn evict_page(&mut self, pfn: Pfn) {
        match self.state.frame(pfn).holds() {
            Holds::Object { object, page } => self.evict_object_page(object, page, pfn),
            Holds::Anon => self.evict_private_page(pfn),
            Holds::Free | Holds::Taken | Holds::Table(_) | Holds::Raw => unreachable!("policies choose among pages"),
        }
        self.emit(Event::FrameFreed { pfn, evicted: true });
    }

    fn evict_object_page(&mut self, object: ObjectId, page: FilePage, pfn: Pfn) {
        self.point_mappers_at(pfn, Pte::EMPTY);
        match self.state.object(object).kind() {
            ObjectKind::File => {
                if self.state.frame(pfn).is_dirty() {
                    self.write_page(pfn);
                }
                self.emit(Event::PageUncached { object, page, pfn });
            }
            ObjectKind::Device => unreachable!("a device's memory is in no frame"),
            ObjectKind::Shm => {
                let slot = self.swap_out(pfn);
                self.emit(Event::PageUncached { object, page, pfn });
                self.emit(Event::ObjectSwapped { object, page, slot });
            }
        }
    }

    /// A page that `MADV_FREE` gave back, and that nobody wrote since, need not be found again.
    fn evict_private_page(&mut self, pfn: Pfn) {
        if self.state.is_droppable(pfn) {
            self.point_mappers_at(pfn, Pte::EMPTY);
            return self.forget_slot(pfn);
        }
        let slot = self.swap_out(pfn);
        self.point_mappers_at(pfn, Pte::swapped(slot));
    }

    pub(crate) fn point_mappers_at(&mut self, pfn: Pfn, entry: Pte) {
        // Each entry that is written is one mapper less.
        while let Some(&mapper) = self.state.frame(pfn).mappers().first() {
            self.set_pte(mapper.pid, mapper.vpn, entry);
        }
    }

    /// Writes a page to swap, unless its slot still holds the same.
    fn swap_out(&mut self, pfn: Pfn) -> SlotId {
        if let Some(slot) = self.state.frame(pfn).slot() {
            return slot;
        }
        let slot = SlotId::new(self.state.free_slots.lowest().expect("a page leaves only if there is a place for it"));
        self.emit(Event::SwapWritten { slot, pfn });
        slot
    }

    /// `kernel: reclaim(n)`: how many pages went.
    pub(crate) fn reclaim_pages(&mut self, pages: u64) -> Outcome {
        let mut gone = 0;
        while gone < pages
            && let Some((victim, reason)) = self.choose_victim(true)
        {
            self.evict(victim, reason);
            gone += 1;
        }
        Outcome::Value(gone as i64)
    }
}
