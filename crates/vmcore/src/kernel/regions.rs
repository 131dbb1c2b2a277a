//! Regions: finding room, cutting, joining, changing.

use crate::event::{Event, Recorder, VmaFlags};
use crate::process::{Process, Vma};
use crate::stepper::Stepper;
use crate::units::{Pid, Vpn};

/// Pages that a growing stack leaves free above what lies below it (`stack_guard_gap`); a small address space has no
/// room for so many.
const MOST_GUARD_PAGES: u64 = 256;

/// How large a region may grow downwards (`RLIMIT_STACK` as commonly set).
const MOST_STACK_BYTES: u64 = 8 << 20;

impl<R: Recorder> Stepper<'_, R> {
    pub(crate) fn process(&self, pid: Pid) -> &Process {
        self.state.living(pid).expect("only living processes make calls")
    }

    /// Whether pages `start .. start + pages` lie in the part of the address space that processes own.
    pub(crate) fn fits(&self, start: Vpn, pages: u64) -> bool {
        let most = self.state.format().user_pages();
        start.get() <= most && pages <= most - start.get()
    }

    /// Whether no region has a page there.
    pub(crate) fn is_vacant(&self, pid: Pid, start: Vpn, pages: u64) -> bool {
        self.fits(start, pages) && self.process(pid).vmas_in(start, pages).next().is_none()
    }

    /// Where a mapping goes if the caller does not care: the lowest gap from a quarter of the address space on (where
    /// Linux once put `TASK_UNMAPPED_BASE`), or failing that the lowest above page 0.
    pub(crate) fn find_gap(&self, pid: Pid, pages: u64) -> Option<Vpn> {
        let (quarter, lowest) = (Vpn::new(self.state.format().user_pages() / 4), Vpn::new(1));
        let config = self.state.config();
        // Windows hands out addresses at its granularity, as far as there is room.
        let wanted = if config.is_windows() { config.granularity_bytes() / config.page_bytes() } else { 1 };
        let within = |aligned| {
            self.gap_from(pid, quarter, pages, aligned).or_else(|| self.gap_from(pid, lowest, pages, aligned))
        };
        within(wanted).or_else(|| if wanted > 1 { within(1) } else { None })
    }

    fn gap_from(&self, pid: Pid, from: Vpn, pages: u64, aligned: u64) -> Option<Vpn> {
        let apart = self.pages_apart().max(aligned);
        let from = Vpn::new(from.get().next_multiple_of(aligned));
        let mut at = from;
        let beyond = self.state.format().user_pages().saturating_sub(from.get());
        for vma in self.process(pid).vmas_in(from, beyond) {
            if vma.start >= at && vma.start.since(at) >= pages {
                break;
            }
            at = at.max(Vpn::new(vma.end().get().next_multiple_of(apart)));
        }
        self.fits(at, pages).then_some(at)
    }

    /// In a wide address space mappings that leave their place to the machine start at multiples of 512 MiB, so that
    /// none joins or shares a table with another by accident; in a narrow one there is no room for that.
    pub(crate) fn pages_apart(&self) -> u64 {
        const APART_BYTES: u64 = 512 << 20;
        let format = self.state.format();
        let wide = format.user_pages() >= (1 << 40) / format.page_bytes();
        if wide { (APART_BYTES / format.page_bytes()).max(1) } else { 1 }
    }

    /// A region comes into being.
    pub(crate) fn add_region(&mut self, pid: Pid, vma: Vma) {
        let Vma { start, pages, prot, flags, object, first, file } = vma;
        self.drop_raw_entries(pid, start, pages);
        self.emit(Event::VmaAdded { pid, start, pages, prot, flags, object, first });
        if let Some(file) = file {
            self.emit(Event::VmaHoldsFile { pid, start, file });
        }
    }

    /// A fault below a region that grows down, as stacks do: it grows to cover the page, unless that comes too near to
    /// what lies below or makes it too large (Linux `mm/vma.c`, `expand_downwards`).
    pub(crate) fn grow_down(&mut self, pid: Pid, vpn: Vpn) -> Option<Vma> {
        let format = self.state.format();
        let process = self.state.living(pid)?;
        let vma = process.vmas.range(vpn, Vpn::new(u64::MAX)).next().map(|(_, vma)| vma)?;
        let below = process.vmas.range(Vpn::new(0), vpn).next_back().map(|(_, vma)| vma);
        let guard = MOST_GUARD_PAGES.min(format.user_pages() >> 12);
        let near = |below: &Vma| {
            let matters = !below.flags.has(VmaFlags::GROWS_DOWN) && !below.prot.is_none();
            matters && vpn.since(below.end()) < guard
        };
        let bytes = vma.end().since(vpn).saturating_mul(format.page_bytes());
        if !vma.flags.has(VmaFlags::GROWS_DOWN) || vpn.get() == 0 || below.is_some_and(near) || bytes > MOST_STACK_BYTES
        {
            return None;
        }
        let (start, pages) = (vma.start, vma.start.since(vpn));
        self.drop_raw_entries(pid, vpn, pages);
        self.emit(Event::VmaGrewDown { pid, start, pages });
        self.state.vma(pid, vpn).copied()
    }

    /// Cuts regions so that none crosses an edge of `start .. start + pages`.
    pub(crate) fn cut_edges(&mut self, pid: Pid, start: Vpn, pages: u64) {
        for at in [start, start.plus(pages)] {
            if self.process(pid).vma(at).is_some_and(|vma| vma.start < at) {
                self.split_edges(pid, at, 0);
                self.emit(Event::VmaSplit { pid, at });
            }
        }
    }

    /// The regions that have pages in a range, in order.
    pub(crate) fn regions_in(&self, pid: Pid, start: Vpn, pages: u64) -> Vec<Vma> {
        self.process(pid).vmas_in(start, pages).copied().collect()
    }

    /// Removes all that is mapped in a range (munmap(2)): it is no error if nothing is (fact 29).
    pub(crate) fn remove_range(&mut self, pid: Pid, start: Vpn, pages: u64) {
        self.cut_edges(pid, start, pages);
        for vma in self.regions_in(pid, start, pages) {
            self.unmap_range(pid, vma.start, vma.pages);
            self.emit(Event::VmaRemoved { pid, start: vma.start });
            if let Some(object) = vma.object {
                self.drop_if_unused(object);
            }
        }
        self.drop_raw_entries(pid, start, pages);
        self.prune_tables(pid, start, pages);
    }

    /// Entries that a scenario wrote give way to what the kernel does with their pages.
    fn drop_raw_entries(&mut self, pid: Pid, start: Vpn, pages: u64) {
        if !self.state.setup().raw.is_empty() {
            self.unmap_range(pid, start, pages);
        }
    }

    /// Joins regions that touch within or at the edges of a range and are alike.
    pub(crate) fn join_regions(&mut self, pid: Pid, start: Vpn, pages: u64) {
        let from = Vpn::new(start.get().saturating_sub(1));
        let around = self.regions_in(pid, from, pages.saturating_add(2));
        for pair in around.windows(2) {
            // Compared with the region as it is now: it may have grown by the pair before.
            let joined = self.process(pid).vma(pair[0].start).expect("still there").joins(&pair[1]);
            if joined {
                self.emit(Event::VmaMerged { pid, at: pair[1].start });
            }
        }
    }
}
