//! What a region takes of memory, told as /proc/PID/smaps tells it (Linux `fs/proc/task_mmu.c`, `smaps_account`).
//!
//! Owns: the sums. Does not own: their wording, or KiB.

use super::State;
use crate::event::VmaFlags;
use crate::frames::Holds;
use crate::process::Vma;
use crate::pte::Pte;
use crate::units::{Pfn, Pid};

/// Fraction bits of [`Usage::pss_fixed`]; the kernel's `PSS_SHIFT`.
pub const PSS_SHIFT: u32 = 12;

/// Resident pages of a region, by kind. The zero frame counts nowhere.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Usage {
    /// Resident pages.
    pub rss: u64,
    /// Resident pages, each counted as one over the entries that map it.
    pub pss: f64,
    /// The same in bytes with [`PSS_SHIFT`] fraction bits, each share rounded down as the kernel does.
    pub pss_fixed: u64,
    /// Mapped more than once, equal to what is behind them.
    pub shared_clean: u64,
    /// Mapped more than once, newer than what is behind them.
    pub shared_dirty: u64,
    /// Mapped once, equal to what is behind them.
    pub private_clean: u64,
    /// Mapped once, newer than what is behind them.
    pub private_dirty: u64,
    /// Pages of nobody's file: copies and anonymous memory.
    pub anonymous: u64,
    /// The part of [`pss`](Self::pss) that is locked; all or nothing.
    pub locked: f64,
}

impl State {
    /// What a region of a living process takes (fact 36).
    pub fn usage(&self, pid: Pid, vma: &Vma) -> Usage {
        let mut usage = Usage::default();
        for (_, leaf) in self.leaves(pid, vma.start, vma.pages) {
            if let Some(pfn) = leaf.entry.pfn() {
                self.account(&mut usage, leaf.entry, pfn);
            }
        }
        if vma.flags.has(VmaFlags::LOCKED) {
            usage.locked = usage.pss;
        }
        usage
    }

    fn account(&self, usage: &mut Usage, entry: Pte, pfn: Pfn) {
        let frame = self.frame(pfn);
        let mappers = frame.mappers().len() as u64;
        usage.rss += 1;
        usage.pss += 1.0 / mappers as f64;
        usage.pss_fixed += (self.page_bytes() << PSS_SHIFT) / mappers;
        usage.anonymous += u64::from(frame.holds() == Holds::Anon);
        *match (mappers > 1, entry.is_dirty() || frame.is_dirty()) {
            (true, true) => &mut usage.shared_dirty,
            (true, false) => &mut usage.shared_clean,
            (false, true) => &mut usage.private_dirty,
            (false, false) => &mut usage.private_clean,
        } += 1;
    }
}
