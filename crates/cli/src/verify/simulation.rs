//! The scenario on the machine that can be compared with this system: memory enough, the disk read page by page.

use super::Row;
use crate::Failure;
use crate::input::Input;
use script::run::{Execution, setting};
use std::fmt::Write as _;
use vmcore::command::{Call, Command};
use vmcore::event::Unobserved;
use vmcore::outcome::Outcome;

/// More steps are not compared.
const MAX_STEPS: usize = 10_000;

/// What an environment variable may hold, with a margin.
const MAX_PLACES_BYTES: usize = 100_000;

/// What is the same on both sides, whatever the scenario's machine says.
const COMMON: &[(&str, &str)] = &[
    ("frames", "32768"),
    ("policy", "lru"),
    ("readahead", "1"),
    ("readaround", "off"),
    ("fault_around", "1"),
    ("zero_page", "on"),
    ("scope", "global"),
    ("shootdown", "on"),
    ("tables_in_frames", "off"),
    ("write_back", "off"),
    ("granularity", "page"),
];

/// The simulated side.
#[derive(Debug)]
pub(super) struct Simulation {
    pub(super) rows: Vec<Row>,
    /// The keys in which its machine differs from the scenario's, as they are written.
    pub(super) changed: Vec<String>,
    /// Where its mappings are, for those whose place the kernel chooses: what lies beside what can matter.
    pub(super) places: String,
}

/// Runs the scenario.
pub(super) fn run(input: &Input) -> Result<Simulation, Failure> {
    let program = input.program()?;
    let told = |error| Failure::BadInput(input.tell(error));
    let machine = program.setup(None, &[]).map_err(told)?;
    let own = script::run::effective_keys(&machine.config);
    let swap = if has_swap() { None } else { Some(("swap", "0")) };
    // A small machine's address space can be full where this system's is not.
    let bits = (32 + machine.config.page_bytes().ilog2()).to_string();
    let room = if machine.config.format().va_bits() < 32 { &[("table", "16+16"), ("va_bits", &bits)][..] } else { &[] };
    // This system is Linux, whatever the scenario's is.
    let os = machine.config.is_windows().then_some(("os", "linux"));
    let keys: Vec<_> = COMMON.iter().copied().chain(swap).chain(os).collect();
    let roomy: Vec<_> = room.iter().chain(&keys).copied().collect();
    let setup = |keys: &[(&str, &str)]| {
        let overrides = keys.iter().map(|(key, value)| setting(key, value)).collect::<Result<Vec<_>, _>>();
        program.setup(None, &overrides.map_err(Failure::BadInput)?).map_err(told)
    };
    let (wanted, setup) = match setup(&roomy) {
        Ok(machine) => (roomy, machine),
        Err(_) => (keys.clone(), setup(&keys)?),
    };
    let common = script::run::effective_keys(&setup.config);
    let before = |key: &str| own.iter().find(|(known, _)| *known == key).map(|(_, value)| value);
    let changed = common.iter().filter(|(key, value)| before(key) != Some(value));
    let changed = changed.filter_map(|(key, _)| wanted.iter().find(|(known, _)| known == key));
    let changed = changed.map(|(key, value)| format!("{key} = {value}")).collect();
    let mut execution = Execution::new(&program, setup, None).map_err(told)?;
    let (mut rows, mut places) = (Vec::new(), String::new());
    while let Some(done) = execution.step(&mut Unobserved).map_err(told)? {
        let (outcome, measured) = (outcome(&done.command, &done.outcome), is_measured(&done.command));
        if let Outcome::Address(address) = &done.outcome
            && places.len() < MAX_PLACES_BYTES
        {
            let comma = if places.is_empty() { "" } else { "," };
            let _ = write!(places, "{comma}{}:{:x}", rows.len() + 1, address.get());
        }
        if rows.len() == MAX_STEPS {
            let message = format!("{}: more than {MAX_STEPS} steps are not compared", input.name);
            return Err(Failure::BadInput(message));
        }
        let info = execution.runner().step().expect("a step was just taken");
        let counters = execution.state().step_counters();
        rows.push(Row {
            number: execution.state().steps(),
            process: info.process.to_string(),
            text: info.text.to_string(),
            outcome,
            faults: measured.then_some((counters.minor, counters.major)),
        });
    }
    Ok(Simulation { rows, changed, places })
}

/// Faults of fork and exit, and of the kernel's own steps, are nobody's.
fn is_measured(command: &Command) -> bool {
    !matches!(command, Command::Kernel(_) | Command::Call { call: Call::Fork { .. } | Call::Exit, .. })
}

fn has_swap() -> bool {
    std::fs::read_to_string("/proc/swaps").is_ok_and(|swaps| swaps.lines().count() > 1)
}

/// An outcome in the words of the exported program.
fn outcome(command: &Command, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Ok => "ok".to_owned(),
        Outcome::Value(value) if matches!(command, Command::Access { .. }) => match u8::try_from(*value) {
            Ok(byte @ b'!'..=b'~') => format!("value {value} '{}'", char::from(byte)),
            _ => format!("value {value}"),
        },
        Outcome::Value(value) => format!("returns {value}"),
        Outcome::Address(address) => format!("address {address}"),
        Outcome::Bytes(bytes) => {
            let sum: u64 = bytes.iter().copied().map(u64::from).sum();
            let first: String = bytes.iter().take(32).map(|byte| format!(" {byte:02x}")).collect();
            format!("bytes {} sum {sum}:{first}", bytes.len())
        }
        Outcome::Resident(pages) => {
            let first: String = pages.iter().take(32).map(|&page| format!(" {}", u8::from(page))).collect();
            format!("pages {} sum {}:{first}", pages.len(), pages.iter().filter(|&&page| page).count())
        }
        // No program can ask for it: the exporter refuses such a step, with its place.
        Outcome::Translated(_) => "translated".to_owned(),
        Outcome::Errno(errno) => errno.to_string(),
        other => match other {
            Outcome::Signal(signal) => {
                format!("{} {} at {}", signal.code.signal(), signal.code.code(), signal.address)
            }
            // What no exported program can do, so that nothing is compared with it.
            _ => format!("{other:?}"),
        },
    }
}
