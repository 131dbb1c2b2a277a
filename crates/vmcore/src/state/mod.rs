//! Everything that a machine is at one moment, and how it is looked at.
//!
//! Owns: every table of the simulated world. Does not own: rules. The only way to change it is
//! [`State::apply`](State::apply) (in `apply.rs`).

mod apply;
mod devices;
mod raw;
mod usage;

pub use usage::{PSS_SHIFT, Usage};

use crate::chunked::ChunkedSet;
use crate::config::Checked;
use crate::contents::Contents;
use crate::device::Device;
use crate::event::VmaFlags;
use crate::express::{Place, Runner, Terms};
use crate::format::TableFormat;
use crate::frames::{Frame, FreeList, Holds, Slot};
use crate::fresh::Fresh;
use crate::image::Image;
use crate::mmu::table::Tables;
use crate::mmu::{Geometry, Memo, Table, Tlb, WalkStep};
use crate::object::{Fill, Object, ObjectKind, PageBytes};
use crate::outcome::Counters;
use crate::policy::{Future, PolicyView, Replacement};
use crate::process::{OpenFile, Process, Vma};
use crate::pte::Pte;
use crate::random::Draws;
use crate::raw::Raw;
use crate::sorted::SortedMap;
use crate::units::{FilePage, NameId, ObjectId, OpenFileId, Pfn, Pid, SlotId, TableId, Vpn};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// An object that exists at the start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectSpec {
    /// Its name.
    pub name: NameId,
    /// File or shared memory.
    pub kind: ObjectKind,
    /// Bytes.
    pub size: u64,
    /// What it holds.
    pub fill: Fill,
    /// Wholly in the page cache at the start.
    pub cached: bool,
}

/// What a machine starts from: with the commands it determines everything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setup {
    /// The hardware and the kernel's settings.
    pub config: Checked,
    /// Every file name that the run may speak of; [`NameId`] is an index.
    pub names: Vec<Rc<str>>,
    /// Every process name; [`Pid`] is an index.
    pub processes: Vec<Rc<str>>,
    /// What exists.
    pub objects: Vec<ObjectSpec>,
    /// Programs and libraries among it.
    pub images: Vec<Image>,
    /// Raw memory and page tables, for exercises in translation.
    pub raw: Raw,
    /// When each page will be used, for policies that must know; else empty.
    pub future: Rc<Future>,
}

/// Why a world cannot be set up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SetupError {
    /// A file that shall be cached at the start does not fit in memory.
    CachedTooLarge {
        /// The file.
        name: Rc<str>,
        /// Pages that it has.
        pages: u64,
        /// Frames left.
        free: u64,
    },
    /// A device's memory has no room in the physical address space.
    DeviceTooLarge {
        /// The device.
        name: Rc<str>,
    },
    /// Raw memory or a raw table cannot be: what is wrong.
    Raw(String),
}

impl std::fmt::Display for SetupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CachedTooLarge { name, pages, free } => {
                write!(f, "`{name}` has {pages} pages to be cached, and {free} frames are free")
            }
            Self::DeviceTooLarge { name } => {
                write!(f, "the memory of `{name}` does not fit into the physical address space")
            }
            Self::Raw(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for SetupError {}

/// A machine at one moment.
#[derive(Debug)]
pub struct State {
    pub(crate) setup: Rc<Setup>,
    pub(crate) steps: u64,
    pub(crate) running: Option<Pid>,
    /// By number; `None` where no process ever was.
    pub(crate) processes: Vec<Option<Process>>,
    pub(crate) tables: Tables,
    pub(crate) frames: Box<[Frame]>,
    /// The bytes of every frame: apart from what the kernel knows of it, because most accesses need nothing else.
    pub(crate) contents: Contents,
    pub(crate) free: FreeList,
    pub(crate) tlb: Tlb,
    pub(crate) objects: Vec<Object>,
    pub(crate) by_name: SortedMap<NameId, ObjectId>,
    pub(crate) files: Vec<Option<OpenFile>>,
    pub(crate) devices: Vec<Device>,
    /// Frames that devices may reach, with how many entries of their tables lead there.
    pub(crate) pinned: SortedMap<Pfn, u32>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) free_slots: FreeList,
    pub(crate) policy: Replacement,
    /// Random numbers, where a policy draws them.
    pub(crate) draws: Option<Box<Draws>>,
    pub(crate) totals: Counters,
    pub(crate) step: Counters,
    /// What is to be added to the three above, and to the running process's.
    pub(crate) fresh: Fresh,
    /// Dirty pages by age, kept only where a timer writes them.
    pub(crate) dirty_ages: ChunkedSet<(u64, u64, Pfn)>,
    /// Since when each frame has been dirty, in steps; of as many frames as there are, or of none where no timer writes.
    pub(crate) dirty_since: Vec<u64>,
    /// The format as translation needs it.
    pub(crate) geometry: Geometry,
    pub(crate) terms: Terms,
    pub(crate) memo: Memo,
    /// Who runs on the express way, and where it faulted last.
    pub(crate) runner: Runner,
    pub(crate) place: Place,
    /// Whether a region was ever locked; most runs lock none.
    pub(crate) ever_locked: bool,
}

impl Clone for State {
    fn clone(&self) -> Self {
        Self {
            setup: Rc::clone(&self.setup),
            processes: self.processes.clone(),
            tables: self.tables.clone(),
            frames: self.frames.clone(),
            contents: self.contents.clone(),
            free: self.free.clone(),
            tlb: self.tlb.clone(),
            objects: self.objects.clone(),
            by_name: self.by_name.clone(),
            files: self.files.clone(),
            devices: self.devices.clone(),
            pinned: self.pinned.clone(),
            slots: self.slots.clone(),
            free_slots: self.free_slots.clone(),
            policy: self.policy.clone(),
            draws: self.draws.clone(),
            dirty_ages: self.dirty_ages.clone(),
            dirty_since: self.dirty_since.clone(),
            memo: Memo::default(),
            ..*self
        }
    }
}

impl State {
    /// An idle machine with its disk.
    ///
    /// # Errors
    /// If what shall be cached at the start does not fit, or raw memory lies where there is none.
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        let setup = Rc::new(setup);
        let config = &setup.config;
        let mut state = Self {
            steps: 0,
            running: None,
            processes: vec![None; setup.processes.len()],
            tables: Tables::default(),
            frames: vec![Frame::empty(); config.frames as usize].into(),
            contents: Contents::new(config.frames),
            free: FreeList::new(config.frames),
            tlb: Tlb::new(config),
            objects: Vec::new(),
            by_name: SortedMap::default(),
            files: Vec::new(),
            devices: Vec::new(),
            pinned: SortedMap::default(),
            slots: Vec::new(),
            free_slots: FreeList::new(config.swap),
            policy: Replacement::new(config, setup.processes.len(), &setup.future),
            draws: config.needs_draws().then(|| Box::new(Draws::new(config.seed, config.seed_skip))),
            totals: Counters::default(),
            step: Counters::default(),
            fresh: Fresh::default(),
            dirty_ages: ChunkedSet::default(),
            dirty_since: vec![0; config.write_back.map_or(0, |_| config.frames as usize)],
            geometry: Geometry::of(config.format()),
            terms: Terms::of(config),
            memo: Memo::default(),
            runner: Runner::NONE,
            place: Place::NONE,
            ever_locked: false,
            setup: Rc::clone(&setup),
        };
        // Raw memory stands where the scenario says; files take what is left.
        state.lay_out(&setup.raw)?;
        for spec in &setup.objects {
            state.add_at_start(spec)?;
        }
        Ok(state)
    }

    fn add_at_start(&mut self, spec: &ObjectSpec) -> Result<(), SetupError> {
        let id = ObjectId::new(self.objects.len() as u32);
        self.objects.push(Object::new(spec.kind, Some(spec.name), spec.size, spec.fill.clone()));
        self.by_name.insert(spec.name, id);
        if spec.kind == ObjectKind::Device {
            return self.add_device(id, spec);
        }
        if !spec.cached {
            return Ok(());
        }
        let pages = self.setup.config.format().pages_of(spec.size);
        let free = u64::from(self.free.free());
        if pages > free && spec.kind == ObjectKind::File {
            return Err(SetupError::CachedTooLarge { name: Rc::clone(self.setup.name(spec.name)), pages, free });
        }
        // Of memory as much is there as fits; the rest is made when it is touched.
        for page in (0..pages.min(free)).map(FilePage::new) {
            let pfn = Pfn::new(self.free.lowest().expect("counted above"));
            self.take_frame(pfn);
            self.contents.set(pfn, self.on_disk(id, page));
            self.cache_page(id, page, pfn);
            // Memory with a content was written; a file's page equals the disk's.
            self.frames[pfn.index()].dirty = spec.kind == ObjectKind::Shm;
        }
        Ok(())
    }

    /// What the machine was set up with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The configuration.
    #[inline]
    pub fn config(&self) -> &Checked {
        &self.setup.config
    }

    /// The page-table format.
    #[inline]
    pub fn format(&self) -> &TableFormat {
        self.setup.config.format()
    }

    /// Bytes of a page.
    #[inline]
    pub fn page_bytes(&self) -> u64 {
        self.setup.config.page_bytes()
    }

    /// Steps that have ended.
    #[inline]
    pub fn steps(&self) -> u64 {
        self.steps + self.fresh.steps()
    }

    /// The process whose tables the MMU uses.
    pub fn running(&self) -> Option<Pid> {
        self.running
    }

    /// Every process that ever was, by number.
    pub fn processes(&self) -> impl Iterator<Item = (Pid, &Process)> {
        let numbered = self.processes.iter().zip(0..);
        numbered.filter_map(|(process, number)| Some((Pid::new(number), process.as_ref()?)))
    }

    /// One process, if it ever was.
    #[inline]
    pub fn process(&self, pid: Pid) -> Option<&Process> {
        self.processes.get(pid.index())?.as_ref()
    }

    /// One process, if it lives.
    #[inline]
    pub fn living(&self, pid: Pid) -> Option<&Process> {
        self.process(pid).filter(|process| process.is_alive())
    }

    /// The region of a living process that covers a page.
    #[inline]
    pub fn vma(&self, pid: Pid, vpn: Vpn) -> Option<&Vma> {
        self.living(pid)?.vma(vpn)
    }

    /// One page table.
    pub fn table(&self, id: TableId) -> Table<'_> {
        self.tables.get(id)
    }

    /// Every page table of every process.
    pub fn tables(&self) -> impl Iterator<Item = (TableId, Table<'_>)> {
        self.tables.iter()
    }

    /// Pages that all page tables take together.
    pub fn table_pages(&self) -> u64 {
        self.tables.iter().map(|(_, table)| self.format().table_pages(table.level())).sum()
    }

    /// The frames that a table takes, which lie side by side; none without `tables_in_frames`.
    pub fn frames_of_table(&self, table: TableId) -> std::ops::Range<u32> {
        let about = self.tables.get(table);
        let first = about.frame().map_or(0, Pfn::get);
        let pages = about.frame().map_or(0, |_| self.format().table_pages(about.level()) as u32);
        first..first + pages
    }

    /// The number that hardware would find in an entry. A pointer names the table's frame; tables that take none are
    /// named by their own numbers.
    pub fn encode(&self, entry: Pte) -> u64 {
        let frame = entry.next_table().and_then(|table| self.tables.get(table).frame());
        self.format().encode(frame.map_or(entry, |pfn| Pte::table(TableId::new(pfn.get()))))
    }

    /// The entries on the way to a page of a living process, root first, as far as there are tables.
    pub fn walk(&self, pid: Pid, vpn: Vpn) -> Vec<WalkStep> {
        self.living(pid).map_or_else(Vec::new, |process| self.tables.path(self.format(), process.root, vpn))
    }

    /// Where the last-level entry of a page stands, if its table exists, or the entry of the huge page that it is part of.
    #[inline]
    pub fn leaf(&self, pid: Pid, vpn: Vpn) -> Option<WalkStep> {
        self.tables.leaf(&self.geometry, self.living(pid)?.root, vpn)
    }

    /// The last-level entry of a page; empty where there is no table. A page of a huge page is told by an entry of its
    /// own that is still marked [huge](Pte::is_huge).
    #[inline]
    pub fn pte(&self, pid: Pid, vpn: Vpn) -> Pte {
        self.leaf(pid, vpn).map_or(Pte::EMPTY, |step| self.of_page(step.entry, vpn))
    }

    /// What an entry says of one page: of a huge page its part.
    #[inline]
    pub(crate) fn of_page(&self, entry: Pte, vpn: Vpn) -> Pte {
        if entry.is_huge() { entry.small(vpn.since(self.first_of(entry, vpn))).huge() } else { entry }
    }

    /// The first page that an entry which maps a page speaks of.
    #[inline]
    pub(crate) fn first_of(&self, entry: Pte, vpn: Vpn) -> Vpn {
        match self.format().huge_pages() {
            Some(pages) if entry.is_huge() => Vpn::new(vpn.get() & !(pages - 1)),
            _ => vpn,
        }
    }

    /// The frames that a huge page would take if it had this one.
    pub(crate) fn run_of(&self, pfn: Pfn) -> std::ops::Range<u32> {
        let pages = self.format().huge_pages().unwrap_or(1) as u32;
        let first = pfn.get() & !(pages - 1);
        first..(first + pages).min(self.frames.len() as u32)
    }

    /// Whether a frame holds nothing but zeros.
    pub(crate) fn is_zeros(&self, pfn: Pfn) -> bool {
        match self.contents.get(pfn) {
            PageBytes::Zeros => true,
            PageBytes::Bytes(bytes) => bytes.iter().all(|&byte| byte == 0),
            _ => (0..self.page_bytes()).all(|offset| self.byte(pfn, offset) == 0),
        }
    }

    /// Whether all that is left of the huge page that a frame was filled with is one process's.
    pub(crate) fn is_run_of_one(&self, pfn: Pfn, pid: Pid) -> bool {
        let mut run = self.run_of(pfn).map(|pfn| &self.frames[pfn as usize]).filter(|frame| frame.large);
        run.all(|frame| frame.mappers().iter().all(|mapper| mapper.pid == pid))
    }

    /// How many pages an entry maps if it maps any.
    pub(crate) fn pages_of(&self, entry: Pte) -> u64 {
        if entry.is_huge() { self.format().huge_pages().unwrap_or(1) } else { 1 }
    }

    /// The pages `start .. start + pages` that have an entry, ascending, with what it says of each: huge pages page by
    /// page.
    pub fn leaves(&self, pid: Pid, start: Vpn, pages: u64) -> Vec<(Vpn, WalkStep)> {
        let mut all = Vec::new();
        let within = |vpn: &Vpn| (start..start.plus(pages)).contains(vpn);
        for (first, step) in self.entries(pid, start, pages) {
            let each = (0..self.pages_of(step.entry)).map(|offset| first.plus(offset)).filter(within);
            all.extend(each.map(|vpn| (vpn, WalkStep { entry: self.of_page(step.entry, vpn), ..step })));
        }
        all
    }

    /// The entries of the pages `start .. start + pages` that are not empty, ascending; that of a huge page stands for
    /// all of its pages, of which the first may lie below `start`.
    pub(crate) fn entries(&self, pid: Pid, start: Vpn, pages: u64) -> Vec<(Vpn, WalkStep)> {
        match self.living(pid) {
            Some(process) => self.tables.leaves(self.format(), process.root, start, start.plus(pages)),
            None => Vec::new(),
        }
    }

    /// The TLB.
    #[inline]
    pub fn tlb(&self) -> &Tlb {
        &self.tlb
    }

    /// All frames, by number.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// One frame.
    #[inline]
    pub fn frame(&self, pfn: Pfn) -> &Frame {
        &self.frames[pfn.index()]
    }

    /// How many frames are in use.
    pub(crate) fn used_frames(&self) -> u32 {
        self.config().frames - self.free.free()
    }

    /// How many frames are free.
    pub fn free_frames(&self) -> u32 {
        self.free.free()
    }

    /// The bytes of a frame.
    pub fn bytes(&self, pfn: Pfn) -> Vec<u8> {
        self.materialise(&self.contents.get(pfn))
    }

    /// One byte of a frame.
    #[inline]
    pub fn byte(&self, pfn: Pfn, offset: u64) -> u8 {
        self.contents.same(pfn).unwrap_or_else(|| self.byte_of(self.contents.mixed(pfn), offset))
    }

    /// One byte of a page's content.
    #[inline]
    pub fn byte_of(&self, content: &PageBytes, offset: u64) -> u8 {
        match content {
            PageBytes::Zeros => 0,
            PageBytes::Same(byte) => *byte,
            PageBytes::Bytes(bytes) => bytes[offset as usize],
            PageBytes::Fill { object, page } => {
                let start = page.get() * self.page_bytes();
                self.object(*object).fill.byte(start + offset, self.page_bytes())
            }
        }
    }

    /// A page's content as plain bytes.
    pub fn materialise(&self, content: &PageBytes) -> Vec<u8> {
        (0..self.page_bytes()).map(|offset| self.byte_of(content, offset)).collect()
    }

    /// All objects, by number; dropped ones too.
    pub fn objects(&self) -> impl Iterator<Item = (ObjectId, &Object)> {
        self.objects.iter().enumerate().map(|(id, object)| (ObjectId::new(id as u32), object))
    }

    /// One object.
    #[inline]
    pub fn object(&self, id: ObjectId) -> &Object {
        &self.objects[id.index()]
    }

    /// The object that `open` finds by a name.
    pub fn named(&self, name: NameId) -> Option<ObjectId> {
        self.by_name.get(&name).copied()
    }

    /// What the disk holds of a page, or memory of a fresh shared-memory page.
    pub fn on_disk(&self, object: ObjectId, page: FilePage) -> PageBytes {
        self.object(object).on_disk(object, page, self.page_bytes())
    }

    /// An open file description.
    pub fn file(&self, id: OpenFileId) -> Option<&OpenFile> {
        self.files.get(id.index())?.as_ref()
    }

    /// What a descriptor of a living process refers to.
    pub fn descriptor(&self, pid: Pid, fd: i64) -> Option<(OpenFileId, &OpenFile)> {
        let id = *self.living(pid)?.descriptors.get(&u32::try_from(fd).ok()?)?;
        Some((id, self.file(id).expect("descriptors refer to open files")))
    }

    /// The swap slots that were ever used, by number.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// One swap slot.
    pub fn slot(&self, id: SlotId) -> &Slot {
        &self.slots[id.index()]
    }

    /// Swap slots in use.
    pub fn used_slots(&self) -> u32 {
        self.config().swap - self.free_slots.free()
    }

    /// The bytes that a swap slot holds.
    pub fn slot_bytes(&self, id: SlotId) -> Vec<u8> {
        self.materialise(&self.slot(id).content)
    }

    /// The replacement policy's state, in its own terms.
    pub fn policy(&self) -> PolicyView {
        self.policy.view()
    }

    /// Random numbers used up so far.
    pub fn draws_taken(&self) -> u64 {
        self.draws.as_ref().map_or(0, |draws| draws.taken())
    }

    /// Where the TLB puts the next translation of a page.
    #[inline]
    pub(crate) fn tlb_place(&self, vpn: Vpn, entry: Pte) -> u32 {
        self.tlb.place(vpn, entry.is_huge(), self.draws.as_deref())
    }

    /// Resident pages of a region, or of a whole process with [`State::rss`]: entries that hold a frame.
    pub fn rss_of(&self, pid: Pid, vma: &Vma) -> u64 {
        let leaves = self.leaves(pid, vma.start, vma.pages);
        leaves.iter().filter(|(_, step)| step.entry.pfn().is_some()).count() as u64
    }

    /// Resident set size in pages.
    pub fn rss(&self, pid: Pid) -> u64 {
        self.living(pid).map_or(0, |process| process.vmas().map(|vma| self.rss_of(pid, vma)).sum())
    }

    /// Proportional set size of a region in pages: each resident page counts one over its mappers.
    pub fn pss_of(&self, pid: Pid, vma: &Vma) -> f64 {
        let leaves = self.leaves(pid, vma.start, vma.pages);
        let frames = leaves.iter().filter_map(|(_, step)| step.entry.pfn());
        frames.map(|pfn| 1.0 / self.frame(pfn).mappers().len() as f64).sum()
    }

    /// Proportional set size of a process in pages.
    pub fn pss(&self, pid: Pid) -> f64 {
        self.living(pid).map_or(0.0, |process| process.vmas().map(|vma| self.pss_of(pid, vma)).sum())
    }

    /// Pages of all regions of a process.
    pub fn virtual_pages(&self, pid: Pid) -> u64 {
        self.living(pid).map_or(0, |process| process.vmas().map(|vma| vma.pages).sum())
    }

    /// A number that is the same for equal states on every target, and almost surely differs for unequal ones.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        self.settled().hash_parts(&mut hasher);
        hasher.finish()
    }

    fn hash_parts(&self, hasher: &mut Fnv) {
        (self.steps, self.running, &self.processes, &self.tables).hash(hasher);
        (&self.frames, &self.contents, &self.free, &self.tlb, &self.objects, &self.by_name).hash(hasher);
        (&self.files, &self.slots, &self.free_slots, self.policy.view(), self.draws_taken()).hash(hasher);
        (&self.totals, &self.step, &self.dirty_ages, &self.dirty_since, &self.devices, &self.pinned).hash(hasher);
    }

    /// About how much memory a checkpoint of this state takes, in bytes.
    pub fn heap_bytes(&self) -> usize {
        let page = self.page_bytes() as usize;
        let objects: usize = self.objects.iter().map(|object| object.heap_bytes(page)).sum();
        let frames = self.frames.len() * size_of::<Frame>() + self.contents.heap_bytes();
        let policy = self.frames.len() * self.policy.bytes_a_frame();
        frames + policy + objects + self.tables.heap_bytes() + self.tlb.heap_bytes() + self.slots.len() * 48
    }

    /// Whether a frame holds a page that could be evicted: nobody forbids it, and it has a place to go to.
    #[inline]
    pub(crate) fn can_leave(&self, pfn: Pfn) -> bool {
        let frame = self.frame(pfn);
        match frame.holds {
            _ if self.is_pinned(pfn) => false,
            Holds::Free | Holds::Taken | Holds::Table(_) | Holds::Raw => false,
            Holds::Object { object, .. } if self.object(object).kind == ObjectKind::File => true,
            Holds::Anon if frame.lazy && self.is_droppable(pfn) => true,
            Holds::Object { .. } | Holds::Anon => frame.slot().is_some() || self.free_slots.free() > 0,
        }
    }

    /// Whether a private page was given back by `MADV_FREE` and not written since.
    pub(crate) fn is_droppable(&self, pfn: Pfn) -> bool {
        let frame = self.frame(pfn);
        frame.lazy && frame.mappers().iter().all(|mapper| !self.pte(mapper.pid, mapper.vpn).is_dirty())
    }

    /// Whether a locked region maps the frame.
    pub fn is_locked(&self, pfn: Pfn) -> bool {
        let locked = |vma: &Vma| vma.flags.has(VmaFlags::LOCKED);
        self.frame(pfn).mappers().iter().any(|mapper| self.vma(mapper.pid, mapper.vpn).is_some_and(locked))
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        let (this, other) = (self.settled(), other.settled());
        this.equals(&other)
    }
}

impl State {
    fn equals(&self, other: &Self) -> bool {
        self.steps == other.steps
            && self.running == other.running
            && self.processes == other.processes
            && self.tables == other.tables
            && self.frames == other.frames
            && self.contents == other.contents
            && self.free == other.free
            && self.tlb == other.tlb
            && self.objects == other.objects
            && self.by_name == other.by_name
            && self.files == other.files
            && self.devices == other.devices
            && self.pinned == other.pinned
            && self.slots == other.slots
            && self.free_slots == other.free_slots
            && self.policy.view() == other.policy.view()
            && self.draws_taken() == other.draws_taken()
            && self.totals == other.totals
            && self.step == other.step
            && self.dirty_ages == other.dirty_ages
            && self.dirty_since == other.dirty_since
    }
}

impl Setup {
    /// A file name.
    pub fn name(&self, id: NameId) -> &Rc<str> {
        &self.names[id.index()]
    }

    /// A process's name.
    pub fn process_name(&self, pid: Pid) -> &Rc<str> {
        &self.processes[pid.index()]
    }
}

/// FNV-1a: small, and the same on every target because every width is written out.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_i64(value as i64);
    }
}
