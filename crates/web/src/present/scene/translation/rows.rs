//! The rows of the page tables: at each level those around the entry that the address selects.

use crate::present::scene::access::Access;
use crate::present::scene::content::{process_name, table_name};
use crate::present::scene::happened;
use crate::present::scene::lit::{Light, Lights, Spot};
use crate::present::scene::tables;
use crate::seam::{Look, Thing};
use vmcore::event::{Event, FaultCause};
use vmcore::format::{Flag, TableFormat};
use vmcore::mmu::WalkStep;
use vmcore::pte::Pte;
use vmcore::state::State;
use vmcore::units::{Pfn, Pid, TableId, Vpn};

/// A table with at most so many entries is shown whole where it is the only one.
const WHOLE: u32 = 16;
/// Rows of a larger one that is the only one.
const WINDOW: u32 = 7;

/// One level's table.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Table {
    pub(crate) id: Option<TableId>,
    pub(crate) level: usize,
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) rows: Vec<Row>,
    /// There are rows above, or below, that are not shown.
    pub(crate) above: bool,
    pub(crate) below: bool,
}

/// One entry.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Row {
    pub(crate) thing: Thing,
    pub(crate) label: String,
    pub(crate) bits: Vec<Bit>,
    /// Where it points: a frame's number, `table 3`, `swap 4`, `–`.
    pub(crate) target: String,
    /// It is the entry that the address selects.
    pub(crate) selected: bool,
    /// The reason, at the entry that stops the walk.
    pub(crate) verdict: Option<String>,
    /// The frame that is about to be written here.
    pub(crate) ghost: Option<String>,
    pub(crate) light: Light,
    pub(crate) empty: bool,
    /// What hardware finds there.
    pub(crate) raw: u64,
}

/// One bit of an entry.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Bit {
    pub(crate) on: bool,
    /// It stops the access.
    pub(crate) fails: bool,
    /// It has just changed.
    pub(crate) changed: bool,
}

pub(super) fn spots(tables: &[Table]) -> impl Iterator<Item = Spot> + '_ {
    tables.iter().flat_map(|table| table.rows.iter().map(|row| Spot::Thing(row.thing)))
}

/// The tables on the way to a page; without one, the root.
pub(super) fn levels(look: &Look, access: Option<&Access>, pid: Pid, vpn: Option<Vpn>, lights: &Lights) -> Vec<Table> {
    let state = look.now;
    let format = state.format();
    let Some(vpn) = vpn else {
        return tables::root(state, pid).map(|root| alone(look, access, pid, root, None, lights)).into_iter().collect();
    };
    let walk = tables::walk(state, pid, vpn);
    if format.levels.len() == 1 {
        return walk
            .first()
            .map(|step| alone(look, access, pid, step.table, Some(*step), lights))
            .into_iter()
            .collect();
    }
    let levels = 0..format.levels.len();
    let huge = walk.last().is_some_and(|step| step.entry.is_huge());
    let missing = if huge { "none: a huge page" } else { "no such table yet" };
    let mut all: Vec<Table> =
        levels.map(|level| one_of_many(look, access, level, walk.get(level), vpn, lights)).collect();
    all.iter_mut().filter(|table| table.id.is_none()).for_each(|table| table.note = missing.to_owned());
    all
}

/// A table that is the only one shown.
fn alone(look: &Look, access: Option<&Access>, pid: Pid, id: TableId, at: Option<WalkStep>, lights: &Lights) -> Table {
    let state = look.now;
    let table = state.table(id);
    let entries = table.len();
    let selected = at.map(|step| step.index);
    let (whole, window) = if look.compact { (WHOLE / 2, WINDOW - 2) } else { (WHOLE, WINDOW) };
    let (first, last) = if entries <= whole {
        (0, entries)
    } else {
        let middle = selected.or_else(|| first_live(table)).unwrap_or(0);
        let first = middle.saturating_sub(window / 2).min(entries - window);
        (first, first + window)
    };
    let level = table.level();
    let name = match state.format().levels.len() {
        1 => format!("{}’s page table", process_name(state, pid)),
        _ => format!("{}’s {}", process_name(state, pid), state.format().levels[level].name),
    };
    let rows = (first..last).map(|index| row(look, access, id, index, selected == Some(index), lights)).collect();
    Table {
        id: Some(id),
        level,
        name,
        note: format!("{entries} entries"),
        rows,
        above: first > 0,
        below: last < entries,
    }
}

fn first_live(table: vmcore::mmu::Table<'_>) -> Option<u32> {
    table.entries().position(|entry| !entry.is_empty()).map(|index| index as u32)
}

/// One level of several: the entry with a neighbour on each side.
fn one_of_many(
    look: &Look,
    access: Option<&Access>,
    level: usize,
    step: Option<&WalkStep>,
    vpn: Vpn,
    lights: &Lights,
) -> Table {
    let state = look.now;
    let format = state.format();
    let spec = &format.levels[level];
    let empty = Table {
        id: None,
        level,
        name: spec.name.clone(),
        note: String::new(),
        rows: Vec::new(),
        above: false,
        below: false,
    };
    let Some(step) = step else { return empty };
    let entries = format.entries(level);
    let index = format.index(vpn, level);
    let first = index.saturating_sub(1);
    let last = (index + 2).min(entries);
    let rows = (first..last).map(|at| row(look, access, step.table, at, at == index, lights)).collect();
    let name = table_name(look.now, step.table);
    let note = if level == 0 { format!("root → {name}") } else { name };
    Table { id: Some(step.table), note, rows, above: first > 0, below: last < entries, ..empty }
}

/// The bits that are shown: those of the format; of the teaching layout, which has only the valid bit, what the model
/// keeps beside it, since copy-on-write and dirty pages are told by them.
pub(super) fn columns(format: &TableFormat) -> impl Iterator<Item = (String, Flag)> + '_ {
    let simple = format.has_simple_entries();
    let taught =
        [("P", Flag::Present), ("W", Flag::Write), ("X", Flag::Execute), ("A", Flag::Accessed), ("D", Flag::Dirty)];
    let taught = taught.into_iter().filter(move |_| simple).map(|(name, flag)| (name.to_owned(), flag));
    let real = format.flags.iter().filter(move |_| !simple).map(|spec| {
        let name = spec.name.split('/').next().unwrap_or(&spec.name).to_owned();
        // `R/W` is the bit that permits writing, `U/S` the one that permits user mode.
        let name = if spec.name == "R/W" { "W".to_owned() } else { name };
        (name, spec.flag)
    });
    taught.chain(real)
}

fn row(look: &Look, access: Option<&Access>, table: TableId, index: u32, selected: bool, lights: &Lights) -> Row {
    let state = look.now;
    let format = state.format();
    let entry = state.table(table).entry(index);
    let level = state.table(table).level();
    let last = level + 1 == format.levels.len();
    let here = access.filter(|_| selected);
    let failing = here.and_then(|access| failing(format, access, level, entry));
    let fails = failing.as_ref().map(|(flag, _)| *flag);
    let before = just_before(look, table, index);
    let bits = columns(format).map(|(_, flag)| Bit {
        on: TableFormat::holds(flag, entry),
        fails: fails == Some(flag),
        changed: before.is_some_and(|old| TableFormat::holds(flag, old) != TableFormat::holds(flag, entry)),
    });
    let label = label(state, level, index);
    let ghost = here.filter(|_| last).and_then(|access| access.coming).map(|pfn| pfn.to_string());
    Row {
        thing: Thing::Entry { table, index },
        label,
        bits: bits.collect(),
        target: target(state, entry),
        selected,
        verdict: failing.map(|(_, words)| words),
        ghost,
        light: lights.on(Spot::entry(table, index)),
        empty: entry.is_empty(),
        raw: state.encode(entry),
    }
}

/// An index as it is written.
pub(super) fn label(state: &State, level: usize, index: u32) -> String {
    let digits = usize::from(state.format().levels[level].index_bits.div_ceil(4));
    if digits == 1 { format!("{index:X}") } else { format!("{index:#0x$x}", x = digits + 2) }
}

pub(crate) fn target(state: &State, entry: Pte) -> String {
    if let Some(next) = entry.next_table() {
        return table_name(state, next);
    }
    if let Some(slot) = entry.slot() {
        return format!("swap {slot}");
    }
    if entry.is_zero() {
        return "zero".to_owned();
    }
    if entry.device_frame().is_some() {
        return "device".to_owned();
    }
    let last = |pfn: Pfn| u64::from(pfn.get()) + state.format().huge_pages().unwrap_or(1) - 1;
    match entry.pfn() {
        Some(pfn) if entry.is_huge() => format!("{pfn}–{}", last(pfn)),
        Some(pfn) => pfn.to_string(),
        None => "–".to_owned(),
    }
}

/// The bit of an entry that stops the access, once the walk has read it.
fn failing(format: &TableFormat, access: &Access, level: usize, entry: Pte) -> Option<(Flag, String)> {
    if access.read != level + 1 || entry.next_table().is_some() || access.done {
        return None;
    }
    if access.passes(entry) || access.fault == Some(FaultCause::NotCanonical) {
        return None;
    }
    Some(match (entry.is_present(), entry.slot()) {
        (false, Some(slot)) => (Flag::Present, format!("in swap {slot}")),
        (false, None) => (Flag::Present, "not present".to_owned()),
        _ if access.stores() => (Flag::Write, "read-only".to_owned()),
        // Some formats have a bit that permits it, others one that forbids it.
        _ if format.flags.iter().any(|spec| spec.flag == Flag::NoExecute) => (Flag::NoExecute, "no execute".to_owned()),
        _ => (Flag::Execute, "no execute".to_owned()),
    })
}

/// What stood in an entry before the events that are being shown changed it.
fn just_before(look: &Look, table: TableId, index: u32) -> Option<Pte> {
    happened::fresh(look).iter().find_map(|event| match *event {
        Event::PteWritten { table: t, index: i, old, .. } if t == table && i == index => Some(old),
        _ => None,
    })
}
