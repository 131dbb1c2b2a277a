//! `pagelab bench`: how fast the model is, each figure beside its baseline from the same run and the target that we set
//! ourselves (`docs/performance.md`).
//!
//! Pairs are measured A B A B …, by the thread's CPU time, and the median of the pairs' ratios is given, because absolute
//! figures drift with the neighbours on a shared machine.

mod clock;
mod counting;
mod faults;
mod machine;
mod table;
mod travel;
mod wasm;

use crate::Failure;
use std::io::Write;
use std::path::PathBuf;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Measure a tenth as much.
    #[arg(long)]
    quick: bool,
    /// A wasm module of the crate `bench`, measured with Node.js: `as shipped=bench.wasm`. `cargo xtask bench` makes them.
    #[arg(long, value_name = "WHAT=FILE", value_parser = named_module)]
    wasm: Vec<(String, PathBuf)>,
    /// Measure only these figures, such as `P1,P5`.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

fn named_module(text: &str) -> Result<(String, PathBuf), String> {
    let (what, file) = text.split_once('=').ok_or("WHAT=FILE")?;
    Ok((what.to_owned(), file.into()))
}

/// Measures and prints, row by row.
pub(crate) fn run(options: &Options, out: &mut impl Write) -> Result<(), Failure> {
    let references = if options.quick { 300_000 } else { 3_000_000 };
    let wanted = |name: &str| options.only.is_empty() || options.only.iter().any(|only| only == name);
    let mut table = table::Table::begin(out)?;
    if wanted("P1") || wanted("P2") {
        machine::measure(references, &mut table)?;
    }
    if wanted("P3") {
        counting::measure(references, &mut table)?;
    }
    if wanted("P4") {
        wasm::measure(&options.wasm, references, &mut table)?;
    }
    if wanted("P5") {
        faults::measure(if options.quick { 5 } else { 40 }, &mut table)?;
    }
    if wanted("P6") || wanted("P7") || wanted("P8") {
        travel::measure(if options.quick { 100_000 } else { 1_000_000 }, &mut table)?;
    }
    table.end()
}
