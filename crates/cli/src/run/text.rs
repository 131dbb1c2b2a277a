//! For people: a line a step, then the totals.

use super::{Taken, Teller, Watch, pages};
use crate::files::count;
use script::narrate;
use script::run::{EvictedPage, Eviction, Execution, Program};
use std::io::Write;
use vmcore::device::IommuEntry;
use vmcore::frames::Holds;
use vmcore::outcome::{Counters, LookupEnd, Outcome};
use vmcore::pte::Pte;
use vmcore::state::{Setup, State};
use vmcore::units::Vpn;

/// Columns that a step's text gets before its result.
const TEXT_COLUMNS: usize = 58;

pub(super) struct Text {
    watch: Watch,
}

impl Text {
    pub(super) fn new(watch: Watch) -> Self {
        Self { watch }
    }
}

impl Teller for Text {
    fn begin(&mut self, program: &Program, setup: &Setup, out: &mut dyn Write) -> std::io::Result<()> {
        if let Some(title) = &program.title {
            writeln!(out, "{title}")?;
        }
        let config = &setup.config;
        let tlb =
            if config.tlb_entries == 0 { "no TLB".to_owned() } else { format!("a TLB of {}", config.tlb_entries) };
        writeln!(
            out,
            "machine: {} of {} bytes, table {}, {}-bit addresses, {tlb}, {}\n",
            count(config.frames as usize, "frame"),
            config.page_bytes(),
            config.table,
            config.format().va_bits(),
            config.policy.name(),
        )
    }

    fn step(&mut self, taken: &Taken<'_>, out: &mut dyn Write) -> std::io::Result<()> {
        let state = taken.execution.state();
        let info = taken.execution.runner().step().expect("a step was just taken");
        let text = format!("{}: {}", info.process, info.text);
        let result = result(&taken.done.outcome);
        let counted = counted(taken.counters);
        let line = format!("{:>5}  {text:<TEXT_COLUMNS$} {result:<16} {counted}", taken.number);
        writeln!(out, "{}", line.trim_end())?;
        for eviction in taken.done.evictions {
            writeln!(out, "       evicts {}", evicted(state, eviction))?;
        }
        if let Some(before) = taken.before {
            for part in narrate::substeps(before, Some(&taken.done.command), taken.events) {
                writeln!(out, "       {:>6} {}", format!("{:?}", part.actor).to_lowercase(), part.text)?;
            }
        }
        if self.watch.pages {
            tell_pages(state, out)?;
        }
        Ok(())
    }

    fn end(&mut self, execution: &Execution, out: &mut dyn Write) -> std::io::Result<()> {
        let state = execution.state();
        writeln!(out, "\ntotal  {}", all_counted(&state.totals()))?;
        for (pid, _) in state.processes() {
            writeln!(out, "{:>5}  {}", &**state.setup().process_name(pid), all_counted(&state.counters_of(pid)))?;
        }
        let free = state.free_frames();
        writeln!(out, "frames: {} used, {free} free; swap: {} used", state.config().frames - free, state.used_slots())?;
        for failed in execution.failed() {
            writeln!(out, "line {}: expected {}, got {}", failed.line, failed.expected, failed.got)?;
        }
        let failed = execution.failed().len() as u64 + execution.more_failed();
        writeln!(out, "expectations: {} held, {failed} failed", execution.held())
    }
}

fn result(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Ok | Outcome::Loaded(_) => "ok".to_owned(),
        Outcome::Value(value) => match u8::try_from(*value) {
            Ok(byte) if byte.is_ascii_graphic() => format!("{value} '{}'", char::from(byte)),
            _ => value.to_string(),
        },
        Outcome::Address(address) => address.to_string(),
        Outcome::Bytes(bytes) => range(bytes),
        Outcome::Resident(pages) => {
            pages.iter().map(|&there| if there { "1" } else { "0" }).collect::<Vec<_>>().join(" ")
        }
        Outcome::Errno(errno) => errno.to_string(),
        Outcome::Signal(signal) => format!("{} {}", signal.code.signal(), signal.code.code()),
        Outcome::Translated(lookup) => {
            let walk: String = lookup.walk.iter().map(|step| format!("[{}] {:#x}, ", step.index, step.entry)).collect();
            match lookup.end {
                LookupEnd::At(physical) => format!("{walk}physical {physical}"),
                LookupEnd::Fault(cause) => format!("{walk}{}", cause.name()),
            }
        }
    }
}

/// Text if it is text, bytes else; the first few of many.
fn range(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(32)];
    let more = if shown.len() < bytes.len() { format!("… ({} bytes)", bytes.len()) } else { String::new() };
    if shown.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
        return format!("\"{}\"{more}", String::from_utf8_lossy(shown));
    }
    let hex: Vec<String> = shown.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}{more}", hex.join(" "))
}

/// What a step counted, without what it did not and without what is plain to see.
fn counted(counters: &Counters) -> String {
    let shown = Counters::NAMES
        .iter()
        .zip(counters.values())
        .filter(|&(&name, value)| value > 0 && !matches!(name, "accesses" | "syscalls" | "walk_reads"));
    shown.map(|(name, value)| format!("{} {value}", name.replace('_', " "))).collect::<Vec<_>>().join(", ")
}

fn all_counted(counters: &Counters) -> String {
    let shown = Counters::NAMES.iter().zip(counters.values()).filter(|&(_, value)| value > 0);
    let told: Vec<String> = shown.map(|(name, value)| format!("{} {value}", name.replace('_', " "))).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

fn evicted(state: &State, eviction: &Eviction) -> String {
    let what = match eviction.page {
        EvictedPage::Object { object, page, .. } => format!("{} page {page}", pages::object_name(state, object)),
        EvictedPage::Private => match eviction.mappers.first() {
            Some(mapper) => {
                format!("{}'s page at {}", state.setup().process_name(mapper.pid), state.format().address(mapper.vpn))
            }
            None => "a private page".to_owned(),
        },
    };
    format!("{what} from frame {}: {}", eviction.pfn, format!("{:?}", eviction.fate).to_lowercase())
}

/// Each living process's regions with a cell a page: `.` no entry, `f3` frame 3, `*` dirty, `s1` swap slot, `z` the
/// zero frame, `d0` page 0 of a device. Then what devices may reach: `0x2=f6`.
fn tell_pages(state: &State, out: &mut dyn Write) -> std::io::Result<()> {
    for (pid, process) in state.processes().filter(|(_, process)| process.is_alive()) {
        for vma in process.vmas() {
            let of = vma.object.map_or_else(|| "anon".to_owned(), |object| pages::object_name(state, object));
            let kind = if vma.is_shared() { "shared" } else { "private" };
            let cells: Vec<String> =
                (0..vma.pages.min(64)).map(|i| cell(state, state.pte(pid, vma.start.plus(i)))).collect();
            let more = if vma.pages > 64 { format!(" … {} pages", vma.pages) } else { String::new() };
            let name = state.setup().process_name(pid);
            let start = state.format().address(vma.start);
            writeln!(out, "         {name} {start} {} {kind} {of}: {}{more}", vma.prot, cells.join(" "))?;
        }
    }
    for device in state.devices() {
        let reach = |(page, entry): (Vpn, IommuEntry)| format!("{page}=f{}", entry.pfn);
        let known: Vec<String> = device.iommu().take(64).map(reach).collect();
        if !known.is_empty() {
            writeln!(out, "         IOMMU {}: {}", pages::object_name(state, device.object()), known.join(" "))?;
        }
    }
    Ok(())
}

fn cell(state: &State, entry: Pte) -> String {
    match (entry.pfn(), entry.slot()) {
        (Some(pfn), _) => {
            let frame = state.frame(pfn);
            let dirty = if frame.is_dirty() || entry.is_dirty() { "*" } else { "" };
            let own = if frame.holds() == Holds::Anon { "a" } else { "f" };
            format!("{own}{pfn}{dirty}")
        }
        (None, Some(slot)) => format!("s{slot}"),
        (None, None) if entry.is_zero() => "z".to_owned(),
        (None, None) if entry.device_frame().is_some() => {
            state.device_page(entry).map_or_else(String::new, |(_, page)| format!("d{page}"))
        }
        (None, None) => ".".to_owned(),
    }
}
