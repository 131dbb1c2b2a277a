//! The model's state in the recorder's words: entries, regions as smaps tells them, mapped frames, page cache.

use crate::world::{PAGE, Process, Region, World};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use vmcore::event::VmaFlags;
use vmcore::frames::Holds;
use vmcore::object::ObjectKind;
use vmcore::process::Vma;
use vmcore::state::{PSS_SHIFT, State, Usage};
use vmcore::units::{FilePage, NameId, ObjectId, Pfn, Prot, Vpn};

/// Looks at the world after each step, and remembers what it has called things.
#[derive(Default)]
pub(crate) struct Observer {
    /// Anonymous frames that were there at the last look.
    anonymous: BTreeMap<Pfn, usize>,
    /// Numbers given to anonymous frames so far; none is used twice.
    given: usize,
    /// Nameless shared memory, by first sight.
    segments: Vec<ObjectId>,
    /// The most pages that each file has had.
    file_pages: Vec<u64>,
}

/// One look: what is gathered on the way.
struct Look<'a> {
    observer: &'a mut Observer,
    state: &'a State,
    frames: Map<String, Value>,
    seen: BTreeMap<Pfn, usize>,
}

impl Observer {
    pub(crate) fn observe(&mut self, world: &World) -> Map<String, Value> {
        let state = world.machine.state();
        let files = self.files(world);
        let mut look = Look { observer: self, state, frames: Map::new(), seen: BTreeMap::new() };
        let mut processes = Map::new();
        for process in &world.processes {
            processes.insert(process.name.clone(), look.process(process));
        }
        let Look { frames, seen, .. } = look;
        self.anonymous = seen;
        let parts = [("procs", processes.into()), ("frames", frames.into()), ("files", files.into())];
        parts.into_iter().map(|(name, part)| (name.to_owned(), part)).collect()
    }

    fn files(&mut self, world: &World) -> Map<String, Value> {
        let state = world.machine.state();
        self.file_pages.resize(world.files.len(), 0);
        let look = |(name, id): (&String, u32)| {
            let (_, object) = state
                .objects()
                .find(|(_, object)| object.name() == Some(NameId::new(id)))
                .expect("declared files exist for ever");
            let pages = &mut self.file_pages[id as usize];
            *pages = (*pages).max(object.size().div_ceil(PAGE as u64));
            let letter = |page| match object.cached(FilePage::new(page)) {
                None => '.',
                Some(pfn) if state.frame(pfn).is_dirty() && object.kind() == ObjectKind::File => 'D',
                Some(_) => 'c',
            };
            let cache: String = (0..*pages).map(letter).collect();
            (name.clone(), json!({ "size": object.size(), "cache": cache }))
        };
        world.files.iter().zip(0..).map(look).collect()
    }
}

impl Look<'_> {
    fn process(&mut self, process: &Process) -> Value {
        let mut pages = Map::new();
        for region in &process.regions {
            let first = region.first_byte() / PAGE as u64;
            let cells: Vec<String> =
                (first..region.end().div_ceil(PAGE as u64)).map(|vpn| self.cell(process, Vpn::new(vpn))).collect();
            if cells.iter().any(|cell| cell != "#") {
                pages.insert(region.name.clone(), cells.into());
            }
        }
        let known = self.state.living(process.pid);
        let of_scenario = |vma: &&Vma| process.regions.iter().any(|region| overlaps(region, vma));
        let vmas: Vec<Vma> = known.map_or_else(Vec::new, |known| known.vmas().filter(of_scenario).copied().collect());
        let vmas: Vec<Value> = vmas.iter().map(|vma| self.vma(process, vma)).collect();
        json!({ "pages": pages, "vmas": vmas })
    }

    /// One page: no region, no entry, in swap, the zero frame, or its frame; `!` if that is mapped once.
    fn cell(&mut self, process: &Process, vpn: Vpn) -> String {
        if self.state.vma(process.pid, vpn).is_none() {
            return "#".to_owned();
        }
        let entry = self.state.pte(process.pid, vpn);
        if entry.is_zero() {
            return "zero".to_owned();
        }
        let Some(pfn) = entry.pfn() else {
            return if entry.slot().is_some() { "swap" } else { "." }.to_owned();
        };
        let frame = self.state.frame(pfn);
        let mappers = frame.mappers().len();
        let (name, shown) = match frame.holds() {
            Holds::Object { object, page } => {
                let dirty = u8::from(frame.is_dirty());
                (format!("{}:{page}", self.object(object)), json!({ "n": mappers, "dirty": dirty }))
            }
            _ if frame.is_large() => (format!("a{}", self.anonymous(pfn)), json!({ "n": mappers, "large": 1 })),
            _ => (format!("a{}", self.anonymous(pfn)), json!({ "n": mappers })),
        };
        self.frames.insert(name.clone(), shown);
        // Of a page mapped by a huge entry the kernel asks for the whole entry.
        let run =
            if entry.is_huge() { pfn.index() & !511..(pfn.index() & !511) + 512 } else { pfn.index()..pfn.index() + 1 };
        let once = self.state.frames()[run].iter().all(|frame| frame.mappers().len() == 1);
        if once { name + "!" } else { name }
    }

    fn anonymous(&mut self, pfn: Pfn) -> usize {
        let known = self.seen.get(&pfn).or(self.observer.anonymous.get(&pfn)).copied();
        let number = known.unwrap_or_else(|| {
            self.observer.given += 1;
            self.observer.given - 1
        });
        self.seen.insert(pfn, number);
        number
    }

    fn object(&mut self, object: ObjectId) -> String {
        let (_, found) = self.state.objects().nth(object.index()).expect("frames hold pages of objects");
        if let Some(name) = found.name() {
            return self.state.setup().name(name).to_string();
        }
        let segments = &mut self.observer.segments;
        let number = segments.iter().position(|&known| known == object).unwrap_or_else(|| {
            segments.push(object);
            segments.len() - 1
        });
        format!("shm{number}")
    }

    fn vma(&mut self, process: &Process, vma: &Vma) -> Value {
        let start = vma.start.get() * PAGE as u64;
        let shared = if vma.is_shared() { 's' } else { 'p' };
        let of = match vma.object {
            Some(object) => format!("{}+{}p", self.object(object), vma.first),
            None => "anon".to_owned(),
        };
        let bit = |right, letter| if vma.prot.has(right) { letter } else { '-' };
        let rights: String =
            [bit(Prot::READ, 'r'), bit(Prot::WRITE, 'w'), bit(Prot::EXEC, 'x'), shared].iter().collect();
        let mut shown = Map::new();
        shown.insert("at".to_owned(), symbol(&process.regions, start).into());
        shown.insert("n".to_owned(), vma.pages.into());
        shown.insert("perms".to_owned(), rights.into());
        shown.insert("of".to_owned(), of.into());
        let flags = flag_letters(vma.flags);
        if !flags.is_empty() {
            shown.insert("flags".to_owned(), flags.into());
        }
        shown.extend(kib(&self.state.usage(process.pid, vma)));
        shown.into()
    }
}

fn overlaps(region: &Region, vma: &Vma) -> bool {
    let (start, end) = (vma.start.get() * PAGE as u64, vma.end().get() * PAGE as u64);
    start < region.end() && end > region.first_byte()
}

/// An address by the name of the region that begins there, or else of the first one around it.
fn symbol(regions: &[Region], address: u64) -> String {
    let exact = regions.iter().find(|region| region.start == address);
    let around = || regions.iter().find(|region| (region.first_byte()..region.end()).contains(&address));
    let Some(region) = exact.or_else(around) else { return "?".to_owned() };
    match (address as i64 - region.start as i64) / PAGE {
        0 => region.name.clone(),
        pages => format!("{}{pages:+}p", region.name),
    }
}

/// In the order in which smaps lists them.
fn flag_letters(flags: VmaFlags) -> String {
    let all = [
        (VmaFlags::GROWS_DOWN, "gd"),
        (VmaFlags::LOCKED, "lo"),
        (VmaFlags::SEQUENTIAL, "sr"),
        (VmaFlags::RANDOM, "rr"),
        (VmaFlags::DONT_FORK, "dc"),
        (VmaFlags::WIPE_ON_FORK, "wf"),
    ];
    let set: Vec<&str> = all.into_iter().filter(|(flag, _)| flags.has(*flag)).map(|(_, letters)| letters).collect();
    set.join(" ")
}

/// The figures of smaps in KiB, zeros left out.
fn kib(usage: &Usage) -> impl Iterator<Item = (String, Value)> {
    let page = PAGE as u64 / 1024;
    let pss = usage.pss_fixed >> (PSS_SHIFT + 10);
    let all = [
        ("rss", usage.rss * page),
        ("pss", pss),
        ("shc", usage.shared_clean * page),
        ("shd", usage.shared_dirty * page),
        ("prc", usage.private_clean * page),
        ("prd", usage.private_dirty * page),
        ("anon", usage.anonymous * page),
        ("locked", if usage.locked > 0.0 { pss } else { 0 }),
    ];
    all.into_iter().filter(|&(_, kib)| kib > 0).map(|(name, kib)| (name.to_owned(), kib.into()))
}
