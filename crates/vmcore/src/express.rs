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
use crate::mmu::Leaf;
use crate::object::{ObjectKind, PageBytes, letter};
use crate::policy::{PageKey, ReclaimView, Verdict};
use crate::pte::Pte;
use crate::state::State;
use crate::units::{AccessKind, FilePage, ObjectId, Pfn, Pid, Prot, TableId, VirtAddr, Vpn};

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

/// Where the last fault on the way was: its region, and what is known of the file that the region maps. It holds until a
/// step takes the long way, for none on this way changes a region or a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pid: Pid,
    start: Vpn,
    pages: u64,
    prot: Prot,
    object: ObjectId,
    first: FilePage,
    /// Pages of the file.
    file_pages: u64,
    /// So many of them hold a letter each, and lie on the disk.
    letters: u64,
}

/// One access under way.
#[derive(Clone, Copy)]
struct Access {
    pid: Pid,
    va: VirtAddr,
    vpn: Vpn,
    kind: AccessKind,
    value: u8,
}

impl Access {
    fn stores(&self) -> bool {
        self.kind == AccessKind::Store
    }
}

impl State {
    /// A whole step that is one access: the byte loaded, fetched or stored.
    #[inline(always)]
    pub(crate) fn express(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind, value: u8) -> Option<u8> {
        let root = match self.runner {
            Some((runs, root)) if runs == pid => root,
            _ => self.find_runner(pid)?,
        };
        if !self.geometry.is_canonical(va) {
            return None;
        }
        let access = Access { pid, va, vpn: self.geometry.vpn(va), kind, value };
        let Some((slot, known)) = self.tlb.find(pid, access.vpn) else { return self.express_walk(&access, root) };
        let entry = known.pte;
        if entry.is_huge() || !self.passes(&access, entry) {
            return None;
        }
        self.tlb.touch(slot);
        let byte = self.pass(&access, entry);
        self.fresh.note(Came::Hit);
        Some(byte)
    }

    /// Who runs, and its root table, if its accesses may take this way.
    #[inline(never)]
    fn find_runner(&mut self, pid: Pid) -> Option<TableId> {
        let runs = self.running == Some(pid) && self.terms.accesses;
        let root = self.living(pid).filter(|_| runs)?.root();
        self.runner = Some((pid, root));
        Some(root)
    }

    #[inline(always)]
    fn express_walk(&mut self, access: &Access, root: TableId) -> Option<u8> {
        let leaf = self.last_entry(root, access.vpn)?;
        let entry = self.tables.entry(leaf.table, leaf.index);
        if entry.is_empty() {
            return self.express_fault(access, leaf);
        }
        if !self.passes(access, entry) {
            return None;
        }
        let new = entry.touched(access.stores());
        if new != entry {
            self.tables.put(leaf, new);
        }
        self.keep_translation(access, new);
        let byte = self.pass(access, new);
        self.fresh.note(Came::Walk);
        Some(byte)
    }

    /// Where the last-level entry of a page stands, if there is a table for it.
    #[inline(always)]
    fn last_entry(&mut self, root: TableId, vpn: Vpn) -> Option<Leaf> {
        let bits = self.geometry.last_bits();
        let table = match self.memo.table(root, vpn, bits) {
            Some(table) => table,
            None => self.find_last_table(root, vpn)?,
        };
        Some(Leaf { table, index: vpn.get() as u32 & ((1 << bits) - 1) })
    }

    #[inline(never)]
    fn find_last_table(&mut self, root: TableId, vpn: Vpn) -> Option<TableId> {
        let table = self.tables.leaf(&self.geometry, root, vpn).filter(|leaf| !leaf.entry.is_huge())?.table;
        self.memo.note(root, vpn, self.geometry.last_bits(), table);
        Some(table)
    }

    /// Whether the access changes no more than a byte and an accessed bit.
    #[inline(always)]
    fn passes(&self, access: &Access, entry: Pte) -> bool {
        if !access.stores() {
            return entry.permits(false, access.kind == AccessKind::Fetch) && entry.device_frame().is_none();
        }
        let unswapped = |pfn| self.frame(pfn).slot().is_none();
        entry.permits(true, false) && entry.is_dirty() && entry.pfn().is_some_and(unswapped)
    }

    /// Does what the access is for; the policy hears of it.
    #[inline(always)]
    fn pass(&mut self, access: &Access, entry: Pte) -> u8 {
        // The zero frame is no frame.
        let Some(pfn) = entry.pfn() else { return 0 };
        self.policy.used(pfn);
        self.touch_byte(access, pfn)
    }

    #[inline(always)]
    fn touch_byte(&mut self, access: &Access, pfn: Pfn) -> u8 {
        let offset = self.geometry.offset(access.va);
        match access.kind {
            AccessKind::Store => {
                self.change_content(pfn, |content| content[offset as usize] = access.value);
                access.value
            }
            AccessKind::Load | AccessKind::Fetch => match self.frame(pfn).content {
                PageBytes::Same(byte) => byte,
                _ => self.byte(pfn, offset),
            },
        }
    }

    /// The TLB, if there is one, keeps what a walk of every level has found.
    #[inline(always)]
    fn keep_translation(&mut self, access: &Access, entry: Pte) {
        if self.tlb.exists() {
            let slot = self.tlb.place(access.vpn, false, None);
            self.tlb.fill(slot, access.pid, access.vpn, entry);
        }
    }

    /// A load or fetch of a file's page that no entry maps.
    #[inline(never)]
    fn express_fault(&mut self, access: &Access, leaf: Leaf) -> Option<u8> {
        if !self.terms.faults || self.ever_locked || !self.pinned.is_empty() || access.stores() {
            return None;
        }
        let place = match self.place {
            Some(place)
                if place.pid == access.pid && access.vpn.get().wrapping_sub(place.start.get()) < place.pages =>
            {
                place
            }
            _ => self.find_place(access)?,
        };
        let page = place.first.plus(access.vpn.since(place.start));
        if !place.prot.permits(access.kind) || page.get() >= place.file_pages {
            return None;
        }
        let mapper = Mapper { pid: access.pid, vpn: access.vpn };
        let (pfn, came) = match self.object(place.object).cached(page) {
            Some(pfn) => {
                self.frames[pfn.index()].mappers.add(mapper);
                self.policy.used(pfn);
                (pfn, Came::Minor)
            }
            None => self.express_read(&place, page, mapper)?,
        };
        let entry = Pte::frame(pfn, place.prot, false).touched(false);
        self.tables.put(leaf, entry);
        self.keep_translation(access, entry);
        self.fresh.note(came);
        let byte = self.touch_byte(access, pfn);
        Some(byte)
    }

    #[inline(never)]
    fn find_place(&mut self, access: &Access) -> Option<Place> {
        let vma = self.vma(access.pid, access.vpn)?;
        let object = vma.object?;
        let owner = self.object(object);
        let place = Place {
            pid: access.pid,
            start: vma.start,
            pages: vma.pages,
            prot: vma.prot,
            object,
            first: vma.first,
            file_pages: self.geometry.pages_of(owner.size()),
            letters: owner.untouched_pages(self.geometry.page_bytes()),
        };
        if owner.kind() != ObjectKind::File {
            return None;
        }
        self.place = Some(place);
        self.place
    }

    /// Brings a page in for its one mapper, and uses it; says whether the disk was asked for it.
    #[inline(always)]
    fn express_read(&mut self, place: &Place, page: FilePage, mapper: Mapper) -> Option<(Pfn, Came)> {
        let object = place.object;
        let key = PageKey::Object(object, page);
        let free = if self.free.free() == 0 { None } else { self.free.lowest() };
        let pfn = match free.map(Pfn::new) {
            Some(pfn) => {
                self.free.take(pfn.get());
                self.policy.filled(pfn, key);
                self.policy.used(pfn);
                pfn
            }
            None => {
                let victim = self.clean_victim()?;
                self.drop_clean_page(victim);
                self.policy.replaced(victim, key);
                victim
            }
        };
        let owner = &mut self.objects[object.index()];
        owner.cached.insert(page, pfn.get());
        // What else there is to a frame is as in a free one.
        let frame = &mut self.frames[pfn.index()];
        frame.holds = Holds::Object { object, page };
        frame.mappers = Mappers::One(mapper);
        if page.get() < place.letters {
            frame.content = PageBytes::Same(letter(page));
            return Some((pfn, Came::Read));
        }
        let page_bytes = self.geometry.page_bytes();
        frame.content = owner.on_disk(object, page, page_bytes);
        Some((pfn, if owner.has_block(page, page_bytes) { Came::Read } else { Came::Major }))
    }

    /// The policy's victim, if it is a file's page without any mark, and at most one entry maps it.
    #[inline(always)]
    fn clean_victim(&self) -> Option<Pfn> {
        let pfn = match self.policy.foremost() {
            Some(pfn) => pfn,
            None => self.considered_victim()?,
        };
        let frame = self.frame(pfn);
        let Holds::Object { object, .. } = frame.holds() else { return None };
        let is_clean = !frame.is_dirty() && !frame.is_lazy() && frame.slot().is_none() && !frame.is_read_mark();
        let is_clean = is_clean && !frame.mappers.are_many();
        (is_clean && self.object(object).kind() == ObjectKind::File).then_some(pfn)
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

    /// It leaves its mapper, the TLB and the page cache; its frame is as good as taken again.
    #[inline(always)]
    fn drop_clean_page(&mut self, pfn: Pfn) {
        let frame = self.frame(pfn);
        let holds = frame.holds();
        if let Mappers::One(Mapper { pid, vpn }) = frame.mappers {
            let root = self.living(pid).expect("the reverse map knows living processes").root();
            let leaf = self.last_entry(root, vpn).expect("the reverse map is right");
            let was_present = self.tables.entry(leaf.table, leaf.index).is_present();
            self.tables.put(leaf, Pte::EMPTY);
            if was_present && let Some((slot, _)) = self.tlb.find(pid, vpn) {
                self.tlb.drop_slot(slot);
            }
        }
        if let Holds::Object { object, page } = holds {
            self.objects[object.index()].cached.remove(page);
        }
    }
}
