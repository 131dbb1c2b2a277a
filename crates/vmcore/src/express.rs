//! The express way: accesses that nobody watches, and that come to no more than a TLB hit, a walk, or a page of a file
//! mapped or read, if need be over a page that is clean.
//!
//! Such are nearly all of the millions of steps of a long run. Each is done in one go, as the events of the long way
//! ([`Stepper`](crate::stepper::Stepper)) would do it one by one; where anything at all is out of the ordinary, nothing
//! has been changed yet, the answer is `None`, and the step takes the long way. `tests/express.rs` holds both to the same
//! states.
//!
//! Owns: no rule. Whoever changes one of these goes by it: the order of what a policy hears, what a step counts, when a
//! translation leaves the TLB.

use crate::config::{Checked, Scope, TlbPolicy};
use crate::event::Reason;
use crate::frames::{Holds, Mapper, Mappers};
use crate::fresh::Came;
use crate::mmu::{Key, Sought, Spot};
use crate::object::{ObjectKind, letter};
use crate::policy::{ReclaimView, Verdict};
use crate::pte::Pte;
use crate::state::State;
use crate::units::{AccessKind, FilePage, ObjectId, Pfn, Pid, TableId, VirtAddr, Vpn};

/// What of a configuration matters on the way, worked out once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Whether accesses may take it at all, and faults too.
    accesses: bool,
    faults: bool,
    /// What a step costs, by what it [`Came`] to.
    pub(crate) costs: [u64; 5],
}

impl Terms {
    pub(crate) fn of(config: &Checked) -> Self {
        let accesses = config.write_back.is_none() && config.tlb_policy != TlbPolicy::Random;
        let one_by_one = config.readahead == 1 && config.fault_around == 1;
        let one_policy = config.scope == Scope::Global && !config.policy.hears_wanted();
        let cost = &config.cost;
        // Without a TLB there are no TLB misses to pay for.
        let reads = if config.tlb_entries > 0 { config.format().levels.len() as u64 } else { 0 };
        let walk = cost.tlb_hit + cost.walk * reads;
        let fault = walk + cost.minor;
        let costs = [cost.tlb_hit, walk, fault, fault, fault + cost.disk_request + cost.disk_page];
        Self { accesses, faults: accesses && one_by_one && one_policy && config.shootdown, costs }
    }
}

/// Who runs on the way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Runner {
    /// The process, or [`NOBODY`].
    pid: u32,
    root: TableId,
}

/// No process: they have 16 bits.
const NOBODY: u32 = u32::MAX;

impl Runner {
    /// Until somebody asks to take the way.
    pub(crate) const NONE: Self = Self { pid: NOBODY, root: TableId::new(0) };

    #[inline(always)]
    fn is(&self, pid: Pid) -> bool {
        self.pid == pid.get() as u32
    }
}

/// Where the last fault on the way was: a region of which faults may take it, and what is known of the file that it maps.
/// It holds until a step takes the long way, for none on this way changes a region or a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    start: Vpn,
    /// So many of its pages are within the file; none where there is no region.
    pages: u64,
    first: FilePage,
    /// So many pages of the file hold a letter each, and lie on the disk.
    letters: u64,
    /// What an entry of the region says once it was used, but for the frame.
    entry: Pte,
    object: ObjectId,
    pid: Pid,
    /// Whether the region permits it and faults by it take the way, by [`AccessKind`].
    kinds: [bool; 3],
}

impl Place {
    /// Until there is a fault.
    pub(crate) const NONE: Self = Self {
        start: Vpn::new(0),
        pages: 0,
        first: FilePage::new(0),
        letters: 0,
        entry: Pte::EMPTY,
        object: ObjectId::new(0),
        pid: Pid::new(0),
        kinds: [false; 3],
    };

    /// Whether a page lies in the region, and within the file.
    #[inline(always)]
    fn covers(&self, pid: Pid, vpn: Vpn) -> bool {
        vpn.get().wrapping_sub(self.start.get()) < self.pages && self.pid == pid
    }
}

/// One access under way.
#[derive(Clone, Copy)]
struct Access {
    pid: Pid,
    va: VirtAddr,
    vpn: Vpn,
    key: Key,
    kind: AccessKind,
}

impl Access {
    #[inline(always)]
    fn mapper(&self) -> Mapper {
        Mapper { pid: self.pid, vpn: self.vpn }
    }
}

impl State {
    /// A whole step that is one access: the byte loaded, fetched or stored.
    #[inline(always)]
    pub(crate) fn express(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind, value: u8) -> Option<u8> {
        if !self.runner.is(pid) && !self.find_runner(pid) {
            return None;
        }
        let vpn = self.geometry.low_vpn(va)?;
        let access = Access { pid, va, vpn, key: Key::new(pid, vpn), kind };
        let pfn = match self.tlb.seek(access.key, vpn) {
            Sought::At(place) => self.express_hit(place, kind)?,
            Sought::Missed(set) => {
                if self.tlb.has_huge() {
                    // It may have a huge page around it.
                    return None;
                }
                let spot = self.last_entry(self.runner.root, vpn)?;
                match self.tables.entry_at(spot) {
                    Pte::EMPTY => return self.express_fault(&access, spot, set),
                    entry => self.express_walk(&access, spot, entry, set)?,
                }
            }
        };
        match self.contents.same(pfn) {
            Some(byte) if kind != AccessKind::Store => Some(byte),
            _ => Some(self.touch_byte(pfn, va, kind, value)),
        }
    }

    /// Whether a process may take the way; it is the runner then.
    #[inline(never)]
    fn find_runner(&mut self, pid: Pid) -> bool {
        let may = self.terms.accesses && self.setup.processes.len() <= Key::PROCESSES;
        let runs = may && self.running == Some(pid);
        let Some(process) = self.living(pid).filter(|_| runs) else { return false };
        self.runner = Runner { pid: pid.get().into(), root: process.root() };
        true
    }

    /// The TLB has the translation: the frame, which the policy hears of.
    #[inline(always)]
    fn express_hit(&mut self, place: usize, kind: AccessKind) -> Option<Pfn> {
        let entry = self.tlb.entry(place);
        if !self.passes(kind, entry) {
            return None;
        }
        self.tlb.touch_place(place);
        self.fresh.note(Came::Hit);
        self.policy.used_at_once(entry.held_frame());
        Some(entry.held_frame())
    }

    /// A walk has found the entry; the set of the TLB keeps it.
    #[inline(always)]
    fn express_walk(&mut self, access: &Access, spot: Spot, entry: Pte, set: u32) -> Option<Pfn> {
        if !self.passes(access.kind, entry) {
            return None;
        }
        let new = entry.touched(false);
        if new != entry {
            self.tables.put(spot, new);
        }
        self.tlb.keep(set, access.key, access.pid, new);
        self.fresh.note(Came::Walk);
        self.policy.used_at_once(new.held_frame());
        Some(new.held_frame())
    }

    /// Where the last-level entry of a page stands, if there is a table for it.
    #[inline(always)]
    fn last_entry(&mut self, root: TableId, vpn: Vpn) -> Option<Spot> {
        let first = match self.memo.table(root, vpn, self.geometry.last_bits()) {
            Some(first) => first,
            None => self.find_last_table(root, vpn)?,
        };
        Some(Spot::new(first.get() + (vpn.get() as u32 & self.geometry.last_mask())))
    }

    #[inline(never)]
    fn find_last_table(&mut self, root: TableId, vpn: Vpn) -> Option<Spot> {
        let table = self.tables.leaf(&self.geometry, root, vpn).filter(|leaf| !leaf.entry.is_huge())?.table;
        let first = self.tables.spot(table);
        self.memo.note(root, vpn, self.geometry.last_bits(), first);
        Some(first)
    }

    /// Whether the access changes no more than a byte and an accessed bit.
    #[inline(always)]
    fn passes(&self, kind: AccessKind, entry: Pte) -> bool {
        let stores = kind == AccessKind::Store;
        entry.lets_pass(kind) && !(stores && self.frame(entry.held_frame()).slot().is_some())
    }

    /// Loads, fetches or stores a byte.
    #[inline(never)]
    fn touch_byte(&mut self, pfn: Pfn, va: VirtAddr, kind: AccessKind, value: u8) -> u8 {
        let offset = self.geometry.offset(va);
        if kind != AccessKind::Store {
            return self.byte(pfn, offset);
        }
        self.change_content(pfn, |content| content[offset as usize] = value);
        value
    }

    /// A load or fetch of a file's page that no entry maps.
    #[inline(always)]
    fn express_fault(&mut self, access: &Access, spot: Spot, set: u32) -> Option<u8> {
        let Access { pid, vpn, kind, .. } = *access;
        if !self.place.covers(pid, vpn) && !self.find_place(pid, vpn) {
            return None;
        }
        if !self.place.kinds[kind as usize] {
            return None;
        }
        let page = FilePage::new(self.place.first.get() + (vpn.get() - self.place.start.get()));
        if let Some(pfn) = self.objects.as_slice()[self.place.object.index()].cached.get(page).map(Pfn::new) {
            return Some(self.map_cached(access, spot, set, pfn));
        }
        let pfn = if self.free.free() == 0 {
            self.replace_clean_page(access, page)?
        } else {
            self.fill_frame(access.mapper(), page)
        };
        self.map_frame(access, spot, set, pfn);
        if page.get() >= self.place.letters {
            return Some(self.read_page(access.va, pfn, page));
        }
        self.fresh.note(Came::Read);
        let byte = letter(page);
        self.contents.set_same(pfn, byte);
        Some(byte)
    }

    /// The entry of the page comes to say where it is, and the TLB knows.
    #[inline(always)]
    fn map_frame(&mut self, access: &Access, spot: Spot, set: u32, pfn: Pfn) {
        let entry = self.place.entry.with_frame(pfn);
        self.tables.put(spot, entry);
        self.tlb.keep(set, access.key, access.pid, entry);
    }

    /// The page cache has the page.
    #[inline(always)]
    fn map_cached(&mut self, access: &Access, spot: Spot, set: u32, pfn: Pfn) -> u8 {
        self.frames[pfn.index()].mappers.add(access.mapper());
        self.policy.used_at_once(pfn);
        self.map_frame(access, spot, set, pfn);
        self.fresh.note(Came::Minor);
        self.byte(pfn, self.geometry.offset(access.va))
    }

    /// Whether faults at a page may take the way; its region is the place then.
    #[inline(never)]
    fn find_place(&mut self, pid: Pid, vpn: Vpn) -> bool {
        let may = self.terms.faults && !self.ever_locked && self.pinned.is_empty();
        let Some(vma) = self.vma(pid, vpn).filter(|_| may) else { return false };
        let Some(object) = vma.object else { return false };
        let owner = self.object(object);
        let file_pages = self.geometry.pages_of(owner.size());
        let place = Place {
            start: vma.start,
            pages: vma.pages.min(file_pages.saturating_sub(vma.first.get())),
            first: vma.first,
            letters: owner.untouched_pages(self.geometry.page_bytes()),
            entry: Pte::frame(Pfn::new(0), vma.prot, false).touched(false),
            object,
            pid,
            kinds: [vma.prot.permits(AccessKind::Load), false, vma.prot.permits(AccessKind::Fetch)],
        };
        if owner.kind() != ObjectKind::File || !place.covers(pid, vpn) {
            return false;
        }
        self.place = place;
        true
    }

    /// A page that is not one of letters comes from the disk, or is made where the file has a hole.
    #[inline(never)]
    fn read_page(&mut self, va: VirtAddr, pfn: Pfn, page: FilePage) -> u8 {
        let (object, page_bytes) = (self.place.object, self.geometry.page_bytes());
        let owner = self.object(object);
        let came = if owner.has_block(page, page_bytes) { Came::Read } else { Came::Major };
        let content = owner.on_disk(object, page, page_bytes);
        self.contents.set(pfn, content);
        self.fresh.note(came);
        self.byte(pfn, self.geometry.offset(va))
    }

    /// The lowest free frame gets the page, but for its content.
    #[inline(never)]
    fn fill_frame(&mut self, mapper: Mapper, page: FilePage) -> Pfn {
        let pfn = Pfn::new(self.free.lowest().expect("some are free"));
        self.take_frame(pfn);
        self.cache_page(self.place.object, page, pfn);
        self.frames[pfn.index()].mappers.add(mapper);
        self.policy.used(pfn);
        pfn
    }

    /// The frame of the policy's victim gets the page, but for its content, if the victim is a file's page without any mark
    /// that one entry maps. It leaves its mapper, the TLB and the page cache.
    #[inline(always)]
    fn replace_clean_page(&mut self, access: &Access, page: FilePage) -> Option<Pfn> {
        let object = self.place.object;
        let pfn = match self.policy.foremost() {
            Some(pfn) => pfn,
            None => self.considered_victim()?,
        };
        let frame = &mut self.frames[pfn.index()];
        let Holds::Object { object: old_object, page: old_page } = frame.holds else { return None };
        let is_file = old_object == object || self.objects[old_object.index()].kind == ObjectKind::File;
        if !is_file || frame.is_marked() {
            return None;
        }
        let Mappers::One(mapper) = &mut frame.mappers else { return None };
        let old_mapper = std::mem::replace(mapper, access.mapper());
        frame.holds = Holds::Object { object, page };
        self.policy.replaced(pfn, object, page);
        self.drop_translation(old_mapper);
        if old_object == object {
            let cached = &mut self.objects.as_mut_slice()[object.index()].cached;
            cached.remove(old_page);
            cached.insert(page, pfn.get());
        } else {
            self.objects[old_object.index()].cached.remove(old_page);
            self.objects[object.index()].cached.insert(page, pfn.get());
        }
        Some(pfn)
    }

    #[inline(never)]
    fn considered_victim(&self) -> Option<Pfn> {
        let evictable = |pfn| self.can_leave(pfn);
        let view = ReclaimView { frames: &self.frames, evictable: Some(&evictable), draws: self.draws.as_deref() };
        match self.policy.consider_any(&view)? {
            Verdict::Spare(_) | Verdict::Evict(_, Reason::Drawn { .. }) => None,
            Verdict::Evict(pfn, _) => Some(pfn),
        }
    }

    /// The entry of a page that leaves memory is emptied, and its copy in the TLB.
    #[inline(always)]
    fn drop_translation(&mut self, Mapper { pid, vpn }: Mapper) {
        let root = if self.runner.is(pid) { self.runner.root } else { self.root_of(pid) };
        let spot = self.last_entry(root, vpn).expect("the reverse map is right");
        self.tables.put(spot, Pte::EMPTY);
        self.tlb.drop_small(Key::new(pid, vpn), vpn);
    }

    #[inline(never)]
    fn root_of(&self, pid: Pid) -> TableId {
        self.living(pid).expect("the reverse map knows living processes").root()
    }
}
