//! `pagelab verify`: the same scenario in the simulation and on this kernel, side by side.
//!
//! | room | what it owns |
//! |---|---|
//! | `reality` | compiling the exported program and running it; reading its lines |
//! | `simulation` | running the scenario on the machine that can be compared with this system |
//! | `compare` | what must agree in a step, and what cannot be compared |
//! | `table` | the two side by side |

mod compare;
mod reality;
mod simulation;
mod table;

use crate::Failure;
use crate::export;
use crate::files;
use crate::input::Input;
use clap::Args;
use compare::Comparison;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What is verified, and how much is told.
#[derive(Args)]
pub(crate) struct Options {
    /// The scenarios; `-` is standard input. A program made from each is compiled and run.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Tell every step, also of long scenarios.
    #[arg(long)]
    all: bool,
}

/// One step of either side.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    number: u64,
    process: String,
    /// What was done, in the words of its side.
    text: String,
    /// What it came to, in the words of the exported program.
    outcome: String,
    /// Minor and major faults; `None` if they were not measured.
    faults: Option<(u64, u64)>,
}

/// Verifies every file and goes on after one that fails; bad input outweighs a difference.
pub(crate) fn verify(options: &Options, out: &mut impl Write) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::BadInput("verify compares with a Linux kernel, and this system has another".to_owned()));
    }
    files::each(&options.files, "verified; not all could be", out, |file, out| verify_file(file, options.all, out))
}

/// Do simulation and reality agree?
fn verify_file(file: &Path, all: bool, out: &mut impl Write) -> Result<bool, Failure> {
    let input = Input::read(file)?;
    let exported = export::to_c(&input)?;
    let simulated = simulation::run(&input)?;
    let real = reality::run(&exported.text, &simulated.places)
        .map_err(|message| Failure::BadInput(format!("{}: {message}", input.name)))?;
    let comparison = Comparison::of(&simulated.rows, &real, exported.ends.as_ref());
    table::write(&input.name, &simulated, &comparison, all, out)?;
    Ok(comparison.agrees())
}
