//! How the oracle follows the calls that move, advise, lock and grow memory.

use super::Run;
use super::oracle::{self, PAGE, Page};
use vmcore::command::flags;
use vmcore::outcome::Outcome;
use vmcore::units::Pid;

/// The arguments of mremap, in pages.
#[derive(Clone, Copy)]
pub(crate) struct Remap {
    pub(crate) start: u64,
    pub(crate) old: u64,
    pub(crate) new: u64,
    pub(crate) flags: u64,
}

impl Run {
    /// Entries move with their pages; what grows goes on as the last page does.
    pub(crate) fn remap(&mut self, pid: Pid, remap: Remap, to: u64) {
        let Remap { start, old, new, flags: flag } = remap;
        let pages = &mut self.process(pid).pages;
        let fixed = flag & flags::MREMAP_FIXED != 0;
        let taken: Vec<(u64, Page)> =
            pages.range(start..start + old.min(new).max(1)).map(|(&vpn, page)| (vpn - start, page.clone())).collect();
        if fixed {
            // Where a gap moves along with several regions, what was there stays.
            let moved = |vpn: u64| old != new || taken.iter().any(|(at, _)| to + at == vpn);
            pages.retain(|&vpn, _| !(to..to + new).contains(&vpn) || !moved(vpn));
        }
        if to == start {
            pages.retain(|vpn, _| !(start + new..start + old).contains(vpn));
        } else if flag & flags::MREMAP_DONTUNMAP == 0 {
            pages.retain(|vpn, _| !(start..start + old).contains(vpn));
        } else {
            pages.range_mut(start..start + old).for_each(|(_, page)| {
                page.own = None;
                page.locked = false;
            });
        }
        let last = taken.last().cloned();
        if to != start {
            pages.extend(taken.into_iter().map(|(at, page)| (to + at, page)));
        }
        let Some((at, last)) = last.filter(|_| new > old) else { return };
        // A length of 0 duplicates from the first page on.
        for i in old..new {
            let of = last.of.map(|(thing, page)| (thing, page + i - at));
            pages.insert(to + i, Page { of, own: None, ..last.clone() });
        }
        if last.locked {
            self.bring_in(pid, to + old, new - old);
        }
    }

    /// Facts 32 and 33: private writable pages are copied where the first that cannot be had ends it.
    pub(crate) fn bring_in(&mut self, pid: Pid, start: u64, pages: u64) {
        for vpn in start..start + pages {
            let page = &self.oracle.processes[&pid].pages[&vpn];
            let store = !page.shared && page.prot & 2 != 0;
            if self.oracle.judge(pid, vpn * PAGE, store).is_err() {
                return;
            }
            if store {
                self.oracle.make_own(pid, vpn);
            }
        }
    }

    pub(crate) fn lock(&mut self, pid: Pid, addr: u64, len: u64, locked: bool) {
        if len == 0 {
            return;
        }
        let range = addr / PAGE..(addr + len).div_ceil(PAGE);
        for vpn in range.clone() {
            match self.process(pid).pages.get_mut(&vpn) {
                Some(page) => page.locked = locked,
                None => return,
            }
        }
        if locked {
            self.bring_in(pid, range.start, range.end - range.start);
        }
    }

    /// Page by page up to the first that refuses; holes are passed over.
    pub(crate) fn advise(&mut self, pid: Pid, addr: u64, len: u64, advice: u64) {
        if !addr.is_multiple_of(PAGE) {
            return;
        }
        let range = addr / PAGE..addr / PAGE + len.div_ceil(PAGE);
        if advice == flags::MADV_POPULATE_WRITE || advice == flags::MADV_POPULATE_READ {
            return self.populate(pid, range, advice == flags::MADV_POPULATE_WRITE);
        }
        for vpn in range {
            let Some(page) = self.process(pid).pages.get_mut(&vpn) else { continue };
            if !advise_page(page, advice) {
                return;
            }
            if let (flags::MADV_REMOVE, Some((thing, at))) = (advice, page.of) {
                (at * PAGE..at * PAGE + PAGE).for_each(|at| self.oracle.things[thing].put(at, Some(0)));
            }
        }
    }

    fn populate(&mut self, pid: Pid, range: std::ops::Range<u64>, store: bool) {
        for vpn in range {
            let Some(page) = self.oracle.processes[&pid].pages.get(&vpn) else { return };
            let allowed = page.prot & if store { 2 } else { 1 } != 0;
            let device = page.of.is_some_and(|(thing, _)| thing == oracle::DEVICE);
            if device || !allowed || self.oracle.judge(pid, vpn * PAGE, store).is_err() {
                return;
            }
            if store {
                self.oracle.make_own(pid, vpn);
            }
        }
    }

    /// The heap's pages come and go with its end.
    pub(crate) fn move_break(&mut self, pid: Pid, by: i64, outcome: &Outcome) {
        let Outcome::Address(before) = *outcome else { self.fail("sbrk gives an address") };
        let (old, new) = (before.get().div_ceil(PAGE), before.get().wrapping_add_signed(by).div_ceil(PAGE));
        let pages = &mut self.process(pid).pages;
        pages.retain(|vpn, _| !(new..old).contains(vpn));
        let fresh = Page { prot: 3, may_write: true, ..Page::default() };
        pages.extend((old..new).map(|vpn| (vpn, fresh.clone())));
    }

    /// Locks and `MADV_DONTFORK` pages are not inherited, `MADV_WIPEONFORK` ones come empty.
    pub(crate) fn fork(&mut self, pid: Pid, child: Pid) {
        let mut copy: oracle::Process = self.oracle.processes[&pid].clone();
        copy.pages.retain(|_, page| !page.dont_fork);
        for page in copy.pages.values_mut() {
            page.locked = false;
            if page.wiped {
                page.own = None;
            }
        }
        self.oracle.processes.insert(child, copy);
    }
}

/// What an advice does to a page; false if it is refused there.
fn advise_page(page: &mut Page, advice: u64) -> bool {
    let device = page.of.is_some_and(|(thing, _)| thing == oracle::DEVICE);
    match advice {
        // A device's memory is never given back; only what fork does with it can be said, once.
        flags::MADV_DONTNEED | flags::MADV_REMOVE | flags::MADV_COLD | flags::MADV_PAGEOUT if device => return false,
        flags::MADV_DOFORK if device => return false,
        flags::MADV_DONTNEED if !page.locked => page.own = None,
        flags::MADV_FREE if !page.locked && page.of.is_none() => {
            // Each byte is what it was, or zero, until it is written: nobody knows.
            page.own.iter_mut().flatten().for_each(|byte| *byte = None);
        }
        flags::MADV_REMOVE if !page.locked => return page.of.is_some() && page.shared && page.may_write,
        flags::MADV_COLD | flags::MADV_PAGEOUT if !page.locked => {}
        flags::MADV_DONTFORK => page.dont_fork = true,
        flags::MADV_DOFORK => page.dont_fork = false,
        flags::MADV_WIPEONFORK if page.of.is_none() => page.wiped = true,
        flags::MADV_WILLNEED | flags::MADV_NORMAL | flags::MADV_RANDOM | flags::MADV_SEQUENTIAL => {}
        _ => return false,
    }
    true
}
