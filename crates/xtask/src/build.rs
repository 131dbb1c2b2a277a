//! `cargo xtask build`: the release in `dist/`, ready for any static web server, under any path.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::bundle::{self, Weights};
use crate::process;
use crate::progress;
use crate::setup;
use crate::shrink;
use crate::tools::{Toolbox, binaryen};
use crate::workspace::{Workspace, cache_folder};

/// For size: from `-O3` to `-Oz` the gzipped file differs by less than one per cent, but not putting functions into
/// their callers a second time, after the compiler has, saves three.
///
/// Rust puts the stack at the bottom of memory, so that nothing but the last kilobyte of it lies below 1024, and
/// constants may become offsets. Fewer locals and fewer stretches of data are less code, but gzip finds less in it.
const WASM_OPT: &[&str] = &[
    "-Oz",
    "--one-caller-inline-max-function-size=0",
    "--always-inline-max-function-size=0",
    "--low-memory-unused",
    "--skip-pass=local-cse",
    "--skip-pass=simplify-locals",
    "--skip-pass=memory-packing",
];

/// Flags for what is compiled to wasm.
const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// Neither loops with more variables nor ends of functions twice: quicker, and larger.
const SMALL_CODE: &str =
    " -Cllvm-args=-disable-lsr -Cllvm-args=-disable-tail-duplicate -Cllvm-args=-disable-early-taildup";

/// Puts the functions into the order of their names ([`shrink::order`]), and leaves out what only tools read.
const WASM_SORT: &[&str] =
    &["--reorder-functions-by-name", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// Sets up what is missing, makes `dist/`, weighs it and holds it to the budget.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let toolbox = setup::app_tools(workspace)?;
    let started = Instant::now();
    release(workspace, &toolbox)?;
    progress::note(&format!("made in {}", progress::spoken(started.elapsed())));
    Ok(())
}

/// Makes `dist/`. It is replaced only when all went well, except that a release over the budget is
/// left there to be looked at.
pub(crate) fn release(workspace: &Workspace, toolbox: &Toolbox) -> Result<()> {
    progress::headline("Building the release");
    let stage = workspace.scratch().join("release");
    let mut trunk = trunk(toolbox, workspace, "build");
    trunk.args(["--cargo-profile", "dist", "--dist"]).arg(&stage).env(RUSTFLAGS, small_flags(&registry_folders()));
    process::run(&mut trunk)?;
    optimise(&stage)?;
    bundle::finish(&stage)?;
    let dist = workspace.dist();
    replace(&stage, &dist)?;
    let weights = Weights::of(&dist)?;
    println!("{weights}");
    weights.check()
}

/// Trunk with what it needs to run quietly, started in the root of the clone.
pub(crate) fn trunk(toolbox: &Toolbox, workspace: &Workspace, task: &str) -> Command {
    let mut command = toolbox.command("trunk", workspace);
    command.arg(task).env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Trunk 0.21 takes `NO_COLOR` for a boolean and refuses to start on the usual `1`.
    match std::env::var_os("NO_COLOR") {
        Some(value) if !value.is_empty() => command.env("NO_COLOR", "true"),
        _ => command.env_remove("NO_COLOR"),
    };
    command
}

fn optimise(stage: &Path) -> Result<()> {
    let Some(wasm_opt) = binaryen::ensure(&cache_folder()?)? else {
        return Ok(());
    };
    let started = Instant::now();
    let wasm = bundle::wasm_file(stage)?;
    let smaller = wasm.with_extension("opt");
    let before = size(&wasm)?;
    process::run(Command::new(&wasm_opt).args(WASM_OPT).arg(&wasm).arg("--output").arg(&smaller))?;
    fs::write(&smaller, shrink::order::named(&fs::read(&smaller)?)?)?;
    process::run(Command::new(&wasm_opt).args(WASM_SORT).arg(&smaller).arg("--output").arg(&wasm))?;
    fs::remove_file(&smaller)?;
    let after = size(&wasm)?;
    let time = progress::spoken(started.elapsed());
    progress::note(&format!("wasm-opt {}: {before} to {after} bytes in {time}", WASM_OPT[0]));
    Ok(())
}

/// Where cargo keeps the sources of other people's crates.
fn registry_folders() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let entries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let mut folders: Vec<PathBuf> = entries.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

/// Flags for small code, and to cut these folders off the paths in messages of panics: they are long, and different on every machine.
fn small_flags(folders: &[PathBuf]) -> OsString {
    let mut flags = env::var_os(RUSTFLAGS).unwrap_or_default();
    flags.push(SMALL_CODE);
    // A folder with a space in its name would be two flags.
    for folder in folders.iter().filter(|folder| !folder.to_string_lossy().contains(' ')) {
        flags.push(" --remap-path-prefix=");
        flags.push(folder);
        flags.push("/=");
    }
    flags
}

fn size(file: &Path) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len())
}

fn replace(stage: &Path, dist: &PathBuf) -> Result<()> {
    if dist.exists() {
        fs::remove_dir_all(dist).with_context(|| format!("cannot empty {}", dist.display()))?;
    }
    fs::rename(stage, dist).with_context(|| format!("cannot make {}", dist.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_sources_are_cut_off() {
        let flags = small_flags(&["/home/a/src/x".into(), "/home/a b/src/y".into()]);
        let flags = flags.to_string_lossy();
        assert!(flags.ends_with(" --remap-path-prefix=/home/a/src/x/="), "{flags}");
    }
}
