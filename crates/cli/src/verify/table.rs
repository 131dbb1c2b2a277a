//! Simulation and reality side by side, for people.

use super::compare::{Compared, Comparison};
use super::simulation::Simulation;
use super::{Failure, Row};
use crate::files::count;
use std::io::Write;

/// Of longer scenarios only the steps that differ are told.
const TOLD: usize = 200;
/// Columns of a step's text, and of each side's outcome.
const TEXT: usize = 44;
const OUTCOME: usize = 34;
const FAULTS: usize = 8;
const SIDE: usize = OUTCOME + 1 + FAULTS;

/// Writes the table and what it comes to.
pub(super) fn write(
    name: &str,
    simulated: &Simulation,
    comparison: &Comparison,
    all: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let (steps, differ) = (comparison.steps.len(), comparison.differences());
    writeln!(out, "{name}")?;
    writeln!(out, "     n  {:<TEXT$}  {:<SIDE$}  this kernel", "step", "simulation")?;
    for step in comparison.steps.iter().filter(|step| all || steps <= TOLD || step.differs) {
        write_step(step, out)?;
    }
    if !all && steps > TOLD {
        writeln!(out, "     …  only steps that differ are told (--all tells all)")?;
    }
    if !simulated.changed.is_empty() {
        writeln!(out, "simulated with {}: what this system is like", simulated.changed.join(", "))?;
    }
    writeln!(out, "on both sides a fault reads and maps one page: no read-ahead, no fault-around")?;
    for left_out in &comparison.left_out {
        writeln!(out, "not compared: {left_out}")?;
    }
    match differ {
        0 => writeln!(out, "{name}: simulation and {} agree in {}\n", kernel(), count(steps, "step"))?,
        _ => writeln!(out, "{name}: {} of {} differ from {}\n", differ, count(steps, "step"), kernel())?,
    }
    Ok(())
}

fn write_step(step: &Compared, out: &mut impl Write) -> Result<(), Failure> {
    let Some(first) = step.simulated.as_ref().or(step.real.as_ref()) else { return Ok(()) };
    let mark = if step.differs { "!" } else { " " };
    let text = cut(&format!("{}: {}", first.process, first.text), TEXT);
    let line = format!(
        "{mark} {:>4}  {text:<TEXT$}  {}  {}",
        first.number,
        side(step.simulated.as_ref()),
        side(step.real.as_ref())
    );
    writeln!(out, "{}", line.trim_end())?;
    Ok(())
}

/// One side of a step: its outcome, and the faults that it took.
fn side(row: Option<&Row>) -> String {
    let Some(row) = row else { return format!("{:<SIDE$}", "(no such step)") };
    let faults = match row.faults {
        None | Some((0, 0)) => String::new(),
        Some((minor, 0)) => format!("{minor} minor"),
        Some((0, major)) => format!("{major} major"),
        Some((minor, major)) => format!("{minor} minor {major} major"),
    };
    format!("{:<OUTCOME$} {faults:<FAULTS$}", cut(&row.outcome, OUTCOME))
}

fn cut(text: &str, columns: usize) -> String {
    match text.char_indices().nth(columns) {
        None => text.to_owned(),
        Some(_) => text.chars().take(columns - 1).chain(['…']).collect(),
    }
}

/// This kernel's name and version.
fn kernel() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("Linux {}", release.trim())
}
