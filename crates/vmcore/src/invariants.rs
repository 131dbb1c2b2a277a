//! What must hold of any state between two steps. Every rule has a name and a sentence.
//!
//! Slow and thorough: for tests and for `?check=1`.

use crate::frames::{Holds, Mapper};
use crate::object::ObjectKind;
use crate::process::{Process, Vma};
use crate::pte::Pte;
use crate::state::State;
use crate::units::{OpenFileId, Pfn, Pid, Prot, SlotId, Vpn};
use std::collections::BTreeMap;

/// A rule that does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The rule's name.
    pub rule: &'static str,
    /// Where it is broken.
    pub detail: String,
}

/// Checks every rule.
pub fn check(state: &State) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut report = |rule, detail| found.push(Violation { rule, detail });
    frames_conserved(state, &mut report);
    tables_lie_in_frames(state, &mut report);
    reverse_map_agrees(state, &mut report);
    cache_is_one_to_one(state, &mut report);
    entries_lie_in_regions(state, &mut report);
    copy_on_write_is_read_only(state, &mut report);
    own_pages_are_nobody_elses(state, &mut report);
    swap_is_counted(state, &mut report);
    open_files_are_counted(state, &mut report);
    tables_are_reached(state, &mut report);
    objects_are_counted(state, &mut report);
    content_is_backed(state, &mut report);
    pins_are_counted(state, &mut report);
    if state.config().shootdown {
        tlb_equals_walk(state, &mut report);
    }
    totals_add_up(state, &mut report);
    found
}

type Report<'a> = dyn FnMut(&'static str, String) + 'a;

/// Frames are conserved: each is free, or holds exactly one thing; none is left half taken.
fn frames_conserved(state: &State, report: &mut Report<'_>) {
    for (frame, number) in state.frames().iter().zip(0..) {
        let free = state.free.is_free(number);
        if free != (frame.holds() == Holds::Free) {
            report("frames_conserved", format!("frame {number}: free list {free}, holds {:?}", frame.holds()));
        }
        if frame.holds() == Holds::Taken {
            report("frames_conserved", format!("frame {number} is taken and never filled"));
        }
        if frame.holds() == Holds::Free && !frame.mappers().is_empty() {
            report("frames_conserved", format!("free frame {number} is mapped"));
        }
        let in_swap_cache = frame.slot().is_some_and(|slot| state.slot(slot).refs() > 0);
        let pinned = state.is_pinned(Pfn::new(number));
        if frame.holds() == Holds::Anon && frame.mappers().is_empty() && !in_swap_cache && !pinned {
            report("frames_conserved", format!("frame {number} holds a private page that nobody maps"));
        }
    }
}

/// With `tables_in_frames` every table has frames of its own, and every such frame its table: free + cached + private +
/// given + tables = all. Tables that a scenario laid out in given frames take none beside them.
fn tables_lie_in_frames(state: &State, report: &mut Report<'_>) {
    let count = |is: fn(Holds) -> bool| state.frames().iter().filter(|frame| is(frame.holds())).count() as u64;
    let held = count(|holds| matches!(holds, Holds::Table(_)));
    let mut taken = 0;
    for (id, table) in state.tables() {
        let frames = state.frames_of_table(id);
        taken += frames.len() as u64;
        for pfn in frames {
            if state.frame(Pfn::new(pfn)).holds() != Holds::Table(id) {
                report("tables_lie_in_frames", format!("table {id} has frame {pfn}, which does not hold it"));
            }
        }
        let given = state.process(table.pid()).is_some_and(|process| process.raw_root.is_some());
        if table.frame().is_some() != state.config().tables_in_frames && !given {
            report("tables_lie_in_frames", format!("table {id} lies in {:?}", table.frame()));
        }
    }
    let pages = count(|holds| matches!(holds, Holds::Object { .. } | Holds::Anon | Holds::Raw));
    let free = u64::from(state.free_frames());
    if held != taken || free + pages + held != state.frames().len() as u64 {
        let message = format!("{free} free, {pages} with pages, {held} with tables, which take {taken}");
        report("tables_lie_in_frames", message);
    }
}

fn every_leaf(state: &State) -> impl Iterator<Item = (Pid, &Process, Vpn, Pte)> {
    let living = state.processes().filter(|(_, process)| process.is_alive());
    living.flat_map(|(pid, process)| {
        let most = 1 << state.format().vpn_bits();
        let leaves = state.leaves(pid, Vpn::new(0), most);
        leaves.into_iter().map(move |(vpn, leaf)| (pid, process, vpn, leaf.entry))
    })
}

/// The reverse map and the page tables agree both ways.
fn reverse_map_agrees(state: &State, report: &mut Report<'_>) {
    let mut mapped: BTreeMap<Pfn, Vec<Mapper>> = BTreeMap::new();
    for (pid, _, vpn, entry) in every_leaf(state) {
        if let Some(pfn) = entry.pfn() {
            mapped.entry(pfn).or_default().push(Mapper { pid, vpn });
        }
    }
    for (frame, number) in state.frames().iter().zip(0..) {
        let from_tables = mapped.remove(&Pfn::new(number)).unwrap_or_default();
        if frame.mappers() != from_tables {
            report(
                "reverse_map_agrees",
                format!("frame {number}: {:?} but tables say {from_tables:?}", frame.mappers()),
            );
        }
    }
}

/// One cached page per object and page, and each frame knows which.
fn cache_is_one_to_one(state: &State, report: &mut Report<'_>) {
    let mut cached = 0;
    for (id, object) in state.objects() {
        for (page, pfn) in object.cached_pages() {
            cached += 1;
            if state.frame(pfn).holds() != (Holds::Object { object: id, page }) {
                report("cache_is_one_to_one", format!("page {page} of {id} is said to be in frame {pfn}"));
            }
            if object.slot(page).is_some() {
                report("cache_is_one_to_one", format!("page {page} of {id} is cached and swapped"));
            }
            if page.get() >= state.format().pages_of(object.size()) {
                report("cache_is_one_to_one", format!("page {page} of {id} is cached beyond the end"));
            }
        }
    }
    let held = state.frames().iter().filter(|frame| matches!(frame.holds(), Holds::Object { .. })).count();
    if held != cached {
        report("cache_is_one_to_one", format!("{held} frames hold pages of objects, {cached} are cached"));
    }
}

/// No entry outside its region or laxer than it, and none that maps another page than the region says.
fn entries_lie_in_regions(state: &State, report: &mut Report<'_>) {
    for (pid, process, vpn, entry) in every_leaf(state) {
        let Some(vma) = process.vma(vpn) else {
            // A scenario may write entries with no region behind them.
            if entry.pfn().is_some_and(|pfn| state.frame(pfn).holds() == Holds::Raw) {
                continue;
            }
            report("entries_lie_in_regions", format!("process {pid} page {vpn} has an entry and no region"));
            continue;
        };
        if entry.is_writable() && !vma.prot.has(Prot::WRITE) || entry.is_present() && vma.prot.is_none() {
            report("entries_lie_in_regions", format!("process {pid} page {vpn}: {entry:?} in {}", vma.prot));
        }
        if entry.is_present() && entry.is_executable() && !vma.prot.has(Prot::EXEC) {
            report("entries_lie_in_regions", format!("process {pid} page {vpn} can be executed in {}", vma.prot));
        }
        if let Some(pfn) = entry.pfn() {
            right_page(state, vma, vpn, pfn, report);
        }
        let device = vma.object.filter(|&object| state.is_device(object));
        if !entry.is_empty() && state.device_page(entry) != device.map(|object| (object, vma.file_page(vpn))) {
            report("entries_lie_in_regions", format!("process {pid} page {vpn}: {entry:?} of {device:?}"));
        }
    }
}

fn right_page(state: &State, vma: &Vma, vpn: Vpn, pfn: Pfn, report: &mut Report<'_>) {
    let right = match state.frame(pfn).holds() {
        Holds::Object { object, page } => vma.object == Some(object) && vma.file_page(vpn) == page,
        Holds::Anon => !vma.is_shared(),
        Holds::Free | Holds::Taken | Holds::Table(_) | Holds::Raw => false,
    };
    if !right {
        report("entries_lie_in_regions", format!("page {vpn} maps frame {pfn}, {:?}", state.frame(pfn).holds()));
    }
}

/// A private page with two mappers, or a file's page privately mapped, is read-only in every entry.
fn copy_on_write_is_read_only(state: &State, report: &mut Report<'_>) {
    for (pid, process, vpn, entry) in every_leaf(state) {
        let (Some(pfn), Some(vma)) = (entry.pfn(), process.vma(vpn)) else { continue };
        if vma.is_shared() || !entry.is_writable() {
            continue;
        }
        let frame = state.frame(pfn);
        let elsewhere = frame.slot().is_some_and(|slot| state.slot(slot).refs() > 0);
        if frame.holds() != Holds::Anon || frame.mappers().len() > 1 || elsewhere {
            report("copy_on_write_is_read_only", format!("process {pid} may write frame {pfn} at page {vpn}"));
        }
    }
}

/// An entry that claims its frame for its own is the only one that leads there, in memory or by way of swap.
fn own_pages_are_nobody_elses(state: &State, report: &mut Report<'_>) {
    for (pid, _, vpn, entry) in every_leaf(state).filter(|(.., entry)| entry.is_owned()) {
        let own = entry.pfn().is_some_and(|pfn| {
            let frame = state.frame(pfn);
            let elsewhere = frame.slot().is_some_and(|slot| state.slot(slot).refs() > 0);
            frame.holds() == Holds::Anon && frame.mappers().len() == 1 && !elsewhere
        });
        if !own {
            report("own_pages_are_nobody_elses", format!("process {pid} page {vpn}: {entry:?}"));
        }
    }
}

/// An open file counts the descriptors and regions that keep it open.
fn open_files_are_counted(state: &State, report: &mut Report<'_>) {
    let mut counted: BTreeMap<OpenFileId, (u32, u32)> = BTreeMap::new();
    for (_, process) in state.processes().filter(|(_, process)| process.is_alive()) {
        process.descriptors().for_each(|(_, file)| counted.entry(file).or_default().0 += 1);
        process.vmas().filter_map(|vma| vma.file).for_each(|file| counted.entry(file).or_default().1 += 1);
    }
    for (file, number) in state.files.iter().zip(0..) {
        let found = counted.remove(&OpenFileId::new(number)).unwrap_or_default();
        let claimed = file.as_ref().map_or((0, 0), |file| (file.descriptors, file.regions));
        if found != claimed || file.is_some() && found == (0, 0) {
            report("open_files_are_counted", format!("open file {number} claims {claimed:?}, has {found:?}"));
        }
    }
    if !counted.is_empty() {
        report("open_files_are_counted", format!("{counted:?} refer to no open file"));
    }
}

/// A swap slot is used exactly as long as an entry, an object or a frame refers to it.
fn swap_is_counted(state: &State, report: &mut Report<'_>) {
    let mut refs: BTreeMap<SlotId, u32> = BTreeMap::new();
    let in_tables = every_leaf(state).filter_map(|(_, _, _, entry)| entry.slot());
    let in_objects = state.objects().flat_map(|(_, object)| object.swapped.iter().map(|(_, slot)| *slot));
    for slot in in_tables.chain(in_objects) {
        *refs.entry(slot).or_default() += 1;
    }
    for (place, number) in state.slots().iter().zip(0..) {
        let counted = refs.get(&SlotId::new(number)).copied().unwrap_or(0);
        let held = place.frame().is_some_and(|pfn| state.frame(pfn).slot() == Some(SlotId::new(number)));
        let needed = counted > 0 || held;
        if place.refs() != counted || place.is_used() != needed || place.frame().is_some() != held {
            report("swap_is_counted", format!("slot {number}: {place:?}, {counted} references, in a frame: {held}"));
        }
        if place.is_used() == state.free_slots.is_free(number) {
            report("swap_is_counted", format!("slot {number} is in use and free at once"));
        }
    }
    for (frame, number) in state.frames().iter().zip(0..) {
        let Some(slot) = frame.slot() else { continue };
        if state.slot(slot).frame() != Some(Pfn::new(number)) {
            report("swap_is_counted", format!("frame {number} and slot {slot} disagree"));
        } else if state.config().iommu && state.slot_bytes(slot) != state.bytes(Pfn::new(number)) {
            report("swap_is_counted", format!("frame {number} was changed and still claims slot {slot}"));
        }
    }
}

/// Every table is reached from its process's root.
fn tables_are_reached(state: &State, report: &mut Report<'_>) {
    for (id, table) in state.tables() {
        let path = state.walk(table.pid(), table.base());
        // One that waits for a huge page to be split is not reached yet.
        let reserve = table.frame().is_some() && table.is_blank() && table.level() + 1 == state.format().levels.len();
        if reserve && path.last().is_some_and(|step| step.entry.is_huge()) {
            continue;
        }
        if path.get(table.level()).is_none_or(|step| step.table != id) {
            report("tables_are_reached", format!("table {id} of process {} is on no walk", table.pid()));
        }
    }
}

/// Objects know how many regions and open files refer to them; none lives that is unlinked and unused.
fn objects_are_counted(state: &State, report: &mut Report<'_>) {
    let mut users = vec![0u32; state.objects().count()];
    let living = state.processes().filter(|(_, process)| process.is_alive());
    for object in living.flat_map(|(_, process)| process.vmas().filter_map(|vma| vma.object)) {
        users[object.index()] += 1;
    }
    for file in state.files.iter().flatten() {
        users[file.object.index()] += 1;
    }
    for ((id, object), counted) in state.objects().zip(users) {
        if object.users != counted {
            report("objects_are_counted", format!("object {id} counts {} users of {counted}", object.users));
        }
        let stays = object.kind() == ObjectKind::Device;
        if counted == 0 && !object.is_linked() && !object.is_dropped() && !stays {
            report("objects_are_counted", format!("object {id} is unlinked and unused, and still there"));
        }
    }
}

/// A frame is pinned exactly as often as entries of IOMMU tables lead to it, and then it holds something.
fn pins_are_counted(state: &State, report: &mut Report<'_>) {
    let mut counted: BTreeMap<Pfn, u32> = BTreeMap::new();
    for (_, entry) in state.devices().iter().flat_map(|device| device.iommu()) {
        *counted.entry(entry.pfn).or_default() += 1;
    }
    if !counted.iter().map(|(&pfn, &pins)| (pfn, pins)).eq(state.pinned.iter().copied()) {
        report("pins_are_counted", format!("{counted:?} in tables, {:?} on frames", state.pinned));
    }
    for pfn in counted.keys().filter(|&&pfn| matches!(state.frame(pfn).holds(), Holds::Free | Holds::Taken)) {
        report("pins_are_counted", format!("frame {pfn} is pinned and holds nothing"));
    }
    for device in state.devices().iter().filter(|device| state.object(device.object()).cached_pages().next().is_some())
    {
        report("pins_are_counted", format!("the memory of device {} is cached", device.object()));
    }
}

/// Content of a file's page that is newer than its backing carries a dirty mark. What stands beyond the end of the
/// file is nobody's content. Without an IOMMU a device may have changed a page, and nobody knows.
fn content_is_backed(state: &State, report: &mut Report<'_>) {
    let page_bytes = state.page_bytes();
    let files = state.objects().filter(|(_, object)| object.kind() == ObjectKind::File && state.config().iommu);
    for (id, object) in files {
        for (page, pfn) in object.cached_pages().filter(|&(_, pfn)| !state.frame(pfn).is_dirty()) {
            let within = object.size().saturating_sub(page.get() * page_bytes).min(page_bytes) as usize;
            let disk = state.materialise(&state.on_disk(id, page));
            if state.bytes(pfn)[..within] != disk[..within] {
                report("content_is_backed", format!("clean page {page} of {id} differs from the disk"));
            }
        }
    }
}

/// A TLB entry equals what a walk would find, but for the accessed and dirty bits.
fn tlb_equals_walk(state: &State, report: &mut Report<'_>) {
    for entry in state.tlb().slots().into_iter().flatten() {
        let now = state.pte(entry.pid, entry.vpn);
        let same = now.touched(true) == entry.pte.touched(true) && (now.is_dirty() || !entry.pte.is_dirty());
        if !same {
            report("tlb_equals_walk", format!("TLB has {:?} for page {}, the table {now:?}", entry.pte, entry.vpn));
        }
    }
}

/// The totals are the processes' counts and the kernel's own; at least the processes'.
fn totals_add_up(state: &State, report: &mut Report<'_>) {
    let mut sum = crate::outcome::Counters::default();
    state.processes().for_each(|(pid, _)| sum.add(&state.counters_of(pid)));
    if sum.values().iter().zip(state.totals().values()).any(|(&part, whole)| part > whole) {
        report("totals_add_up", format!("{sum:?} exceeds {:?}", state.totals()));
    }
}
