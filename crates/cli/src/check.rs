//! `pagelab check`.

use crate::Failure;
use crate::files::{self, count};
use crate::input::Input;
use script::run::{Report, RunReport, check as run_checks};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Checks every file and goes on after one that fails; bad input outweighs what does not hold.
pub(crate) fn check(files: &[PathBuf], out: &mut impl Write) -> Result<(), Failure> {
    files::each(files, "checked, with bad input", out, check_file)
}

fn check_file(file: &Path, out: &mut impl Write) -> Result<bool, Failure> {
    let input = Input::read(file)?;
    let report: Report = run_checks(&input.text);
    if report.diagnostics.has_errors() {
        return Err(Failure::BadInput(report.diagnostics.render(&input.text, &input.name)));
    }
    input.warn(&report.diagnostics);
    for run in &report.runs {
        tell_run(&input, run, out)?;
    }
    let wrong = report.runs.iter().find_map(|run| run.error.clone());
    match wrong {
        Some(diagnostic) => Err(Failure::BadInput(input.tell(diagnostic))),
        None => Ok(report.holds()),
    }
}

fn tell_run(input: &Input, run: &RunReport, out: &mut impl Write) -> Result<(), Failure> {
    let on = run.variant.as_ref().map_or_else(String::new, |name| format!(" in \"{name}\""));
    for failed in &run.failed {
        let at = format!("{}:{}: step {}{on}", input.name, failed.line, failed.step);
        writeln!(out, "{at}: expected {}, got {}", failed.expected, failed.got)?;
    }
    if run.more_failed > 0 {
        writeln!(out, "{}{on}: and {} more", input.name, run.more_failed)?;
    }
    let failed = run.failed.len() as u64 + run.more_failed;
    let held = count(run.held as usize, "expectation");
    let verdict = if failed == 0 { "ok".to_owned() } else { format!("{failed} failed") };
    writeln!(out, "{}{on}: {verdict}; {held} held in {}", input.name, count(run.steps as usize, "step"))?;
    Ok(())
}
