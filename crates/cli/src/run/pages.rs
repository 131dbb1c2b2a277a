//! The state after a step as JSON; `command-line.md`, "`state`, after the step".

use script::run::Runner;
use serde_json::{Map, Value, json};
use vmcore::device::{Device, IommuEntry};
use vmcore::event::VmaFlags;
use vmcore::frames::{Frame, Holds};
use vmcore::object::ObjectKind;
use vmcore::process::Vma;
use vmcore::pte::Pte;
use vmcore::state::{State, Usage};
use vmcore::units::{ObjectId, Pfn, Pid, Vpn};

/// A run of pages without an entry is told as one from this length on.
const LONG_RUN: u64 = 17;

/// Everything.
pub(super) fn state(state: &State, runner: &Runner) -> Value {
    let processes =
        state.processes().map(|(pid, _)| (state.setup().process_name(pid).to_string(), process(state, runner, pid)));
    let mut told = json!({
        "processes": processes.collect::<Map<_, _>>(),
        "files": files(state),
        "frames": frames(state),
        "swap": {"used": state.used_slots()},
    });
    if !state.devices().is_empty() {
        told["devices"] =
            state.devices().iter().map(|device| device_reach(state, device)).collect::<Map<_, _>>().into();
    }
    told
}

/// What a device may reach, page by page of its own addresses.
fn device_reach(state: &State, device: &Device) -> (String, Value) {
    let reach = |(page, entry): (Vpn, IommuEntry)| json!({"page": page.get(), "frame": entry.pfn.get(), "writable": entry.writable});
    let reach: Vec<Value> = device.iommu().map(reach).collect();
    (object_name(state, device.object()), json!({"iommu": reach}))
}

/// Tables are told only where they take frames.
fn frames(state: &State) -> Value {
    let free = state.free_frames();
    let mut told = Map::new();
    told.insert("free".to_owned(), json!(free));
    told.insert("used".to_owned(), json!(state.config().frames - free));
    if state.config().tables_in_frames {
        let tables = state.tables().map(|(id, _)| state.frames_of_table(id).len());
        told.insert("tables".to_owned(), json!(tables.sum::<usize>()));
    }
    Value::Object(told)
}

fn process(state: &State, runner: &Runner, pid: Pid) -> Value {
    let Some(living) = state.living(pid) else {
        return json!({"alive": false, "rss_pages": 0, "pss_pages": 0, "mappings": []});
    };
    let names = runner.variables(pid.index());
    let mappings: Vec<Value> = living.vmas().map(|vma| mapping(state, pid, vma, &names)).collect();
    json!({"alive": true, "rss_pages": state.rss(pid), "pss_pages": round(state.pss(pid)), "mappings": mappings})
}

type Names = vmcore::sorted::SortedMap<std::rc::Rc<str>, i128>;

fn mapping(state: &State, pid: Pid, vma: &Vma, names: &Names) -> Value {
    let format = state.format();
    let within = |value: i128| {
        u64::try_from(value)
            .is_ok_and(|at| format.address(vma.start).get() <= at && at < format.address(vma.end()).get())
    };
    let names: Vec<&str> = names.iter().filter(|(_, value)| within(*value)).map(|(name, _)| &**name).collect();
    let mut told = Map::new();
    told.insert("start".to_owned(), json!(format.address(vma.start).to_string()));
    told.insert("pages".to_owned(), json!(vma.pages));
    told.insert("prot".to_owned(), json!(vma.prot.to_string()));
    told.insert("shared".to_owned(), json!(vma.is_shared()));
    if let Some(object) = vma.object {
        told.insert("file".to_owned(), json!(object_name(state, object)));
        told.insert("first_page".to_owned(), json!(vma.first.get()));
    }
    told.insert("names".to_owned(), json!(names));
    told.insert("advice".to_owned(), json!(advice(vma.flags)));
    let leaves: Vec<(Vpn, Pte)> =
        state.leaves(pid, vma.start, vma.pages).into_iter().map(|(vpn, leaf)| (vpn, leaf.entry)).collect();
    tell_usage(&state.usage(pid, vma), &mut told);
    told.insert("table".to_owned(), json!(table(state, vma, &leaves)));
    Value::Object(told)
}

/// The advice that is in force, in the words of `command-line.md`.
fn advice(flags: VmaFlags) -> Vec<&'static str> {
    let all = [
        (VmaFlags::RANDOM, "random"),
        (VmaFlags::SEQUENTIAL, "sequential"),
        (VmaFlags::DONT_FORK, "dontfork"),
        (VmaFlags::WIPE_ON_FORK, "wipeonfork"),
        (VmaFlags::GROWS_DOWN, "growsdown"),
        (VmaFlags::LOCKED, "locked"),
    ];
    all.into_iter().filter(|(flag, _)| flags.has(*flag)).map(|(_, word)| word).collect()
}

fn tell_usage(usage: &Usage, told: &mut Map<String, Value>) {
    told.insert("rss".to_owned(), json!(usage.rss));
    told.insert("pss".to_owned(), json!(round(usage.pss)));
    told.insert("anonymous".to_owned(), json!(usage.anonymous));
    told.insert("locked".to_owned(), json!(round(usage.locked)));
    told.insert("shared_clean".to_owned(), json!(usage.shared_clean));
    told.insert("shared_dirty".to_owned(), json!(usage.shared_dirty));
    told.insert("private_clean".to_owned(), json!(usage.private_clean));
    told.insert("private_dirty".to_owned(), json!(usage.private_dirty));
}

fn counts_as_dirty(frame: &Frame, entry: Pte) -> bool {
    frame.is_dirty() || entry.is_dirty()
}

/// One entry a page; long stretches of none are told as one.
fn table(state: &State, vma: &Vma, leaves: &[(Vpn, Pte)]) -> Vec<Value> {
    let mut told = Vec::new();
    let mut at = vma.start;
    for &(vpn, entry) in leaves {
        tell_none(vpn.since(at), &mut told);
        told.push(page(state, entry));
        at = vpn.plus(1);
    }
    tell_none(vma.end().since(at), &mut told);
    told
}

fn tell_none(pages: u64, told: &mut Vec<Value>) {
    match pages {
        LONG_RUN.. => told.push(json!({"none": pages})),
        few => told.extend((0..few).map(|_| Value::Null)),
    }
}

fn page(state: &State, entry: Pte) -> Value {
    if let Some(slot) = entry.slot() {
        return json!({"swapped": slot.get()});
    }
    if let Some((device, page)) = state.device_page(entry) {
        return json!({
            "kind": "device", "of": object_name(state, device), "page": page.get(),
            "writable": entry.is_writable(), "dirty": entry.is_dirty(), "accessed": entry.is_accessed(),
        });
    }
    let Some(pfn) = entry.pfn() else {
        return json!({"kind": "zero", "writable": false, "dirty": entry.is_dirty(), "accessed": entry.is_accessed()});
    };
    held_page(state, entry, pfn)
}

fn held_page(state: &State, entry: Pte, pfn: Pfn) -> Value {
    let frame = state.frame(pfn);
    let mut told = Map::new();
    told.insert("frame".to_owned(), json!(pfn.get()));
    match frame.holds() {
        Holds::Object { object, page } => {
            let kind = match state.object(object).kind() {
                ObjectKind::File => "file",
                ObjectKind::Shm => "shm",
                ObjectKind::Device => "device",
            };
            told.insert("kind".to_owned(), json!(kind));
            told.insert("of".to_owned(), json!(object_name(state, object)));
            told.insert("page".to_owned(), json!(page.get()));
        }
        // What a scenario put there is nobody's file.
        Holds::Anon | Holds::Raw | Holds::Table(_) | Holds::Free | Holds::Taken => {
            told.insert("kind".to_owned(), json!("anon"));
        }
    }
    let mappers = frame.mappers().len();
    told.insert("writable".to_owned(), json!(entry.is_writable()));
    told.insert("dirty".to_owned(), json!(counts_as_dirty(frame, entry)));
    told.insert("accessed".to_owned(), json!(entry.is_accessed()));
    told.insert("mappers".to_owned(), json!(mappers));
    told.insert("exclusive".to_owned(), json!(mappers == 1));
    Value::Object(told)
}

/// An object's name; memory that has none is `shm0`, `shm1`, … in the order in which it was made.
pub(super) fn object_name(state: &State, object: ObjectId) -> String {
    if let Some(name) = state.object(object).name() {
        return state.setup().name(name).to_string();
    }
    let before = state.objects().take(object.index()).filter(|(_, other)| other.name().is_none());
    format!("shm{}", before.count())
}

fn files(state: &State) -> Value {
    let named = state.objects().filter(|(_, object)| object.name().is_some() && object.is_linked());
    let file = |(id, object): (ObjectId, &vmcore::object::Object)| {
        let cached: Vec<u64> = object.cached_pages().map(|(page, _)| page.get()).collect();
        // What has no disk is never newer than it.
        let on_disk = object.kind() == ObjectKind::File;
        let dirty = object.cached_pages().filter(|&(_, pfn)| on_disk && state.frame(pfn).is_dirty());
        let dirty: Vec<u64> = dirty.map(|(page, _)| page.get()).collect();
        (object_name(state, id), json!({"size": object.size(), "cached": cached, "dirty": dirty}))
    };
    Value::Object(named.map(file).collect())
}

/// Halves and thirds need no seventeen digits; whole numbers are written as such.
fn round(pages: f64) -> Value {
    let rounded = (pages * 1e6).round() / 1e6;
    if rounded.fract() == 0.0 { json!(rounded as u64) } else { json!(rounded) }
}
