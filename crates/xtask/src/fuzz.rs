//! `cargo xtask fuzz`: looks for inputs that the project does not stand, with libFuzzer.
//!
//! What the fuzzers do with their bytes is in `tests/fuzz.rs`; what they found is kept in `tests/regressions`, where
//! `cargo xtask test` tries it again.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::args::FuzzOptions;
use crate::process;
use crate::progress;
use crate::tools::cargo_tool;
use crate::workspace::{Workspace, cache_folder};

/// Each with the folder of examples that it starts from, if there are any.
const TARGETS: &[(&str, Option<&str>)] = &[
    ("text", Some("crates/script/lessons")),
    ("run", Some("crates/script/lessons")),
    ("address", None),
    ("import", Some("tests/corpus")),
    ("commands", None),
];

/// Runs one fuzzer, or all of them one after the other.
pub(crate) fn run(workspace: &Workspace, options: &FuzzOptions) -> Result<ExitCode> {
    let chosen: Vec<_> =
        TARGETS.iter().filter(|(name, _)| options.target.as_deref().is_none_or(|wanted| wanted == *name)).collect();
    if chosen.is_empty() {
        let names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
        bail!("there is no such fuzzer: {}", names.join(", "));
    }
    let folder = cargo_tool::cargo_fuzz().ensure(&cache_folder()?)?;
    let program = folder.map_or_else(|| "cargo-fuzz".into(), |folder| folder.join("cargo-fuzz"));
    for (name, seeds) in chosen {
        progress::headline(&format!("Fuzzing `{name}` for {} min", options.minutes));
        fuzz(workspace, &program, name, *seeds, options.minutes)?;
    }
    progress::headline("The fuzzers found nothing");
    Ok(ExitCode::SUCCESS)
}

fn fuzz(workspace: &Workspace, program: &Path, name: &str, seeds: Option<&str>, minutes: u32) -> Result<()> {
    let corpus = workspace.root().join("fuzz/corpus").join(name);
    fs::create_dir_all(&corpus)?;
    let mut command = Command::new(program);
    command.current_dir(workspace.root());
    // Without a sanitizer, of which safe Rust has little use, the stable compiler will do.
    command.args(["run", "--sanitizer", "none", name]).arg(&corpus);
    // libFuzzer adds to the first folder only.
    command.args(seeds.map(|folder| workspace.root().join(folder)));
    command.args([
        "--",
        "-timeout=20",
        "-len_control=20",
        "-rss_limit_mb=3000",
        "-max_len=8192",
        "-dict=fuzz/language.dict",
    ]);
    command.arg(format!("-max_total_time={}", u64::from(minutes) * 60));
    process::run(&mut command)
}
