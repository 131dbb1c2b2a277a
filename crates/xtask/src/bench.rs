//! `cargo xtask bench`: the model's speed on this machine, natively and in wasm.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::progress;
use crate::setup;
use crate::tools::{host_cargo, wasm_target};
use crate::workspace::{Workspace, cache_folder};

/// The modules, by what they are called in the table, each with what is added to the profile that browsers get.
const MODULES: [(&str, &[&str]); 2] =
    [("as shipped", &[]), ("model at opt-level s", &["--config", "profile.dist.package.vmcore.opt-level=\"s\""])];

const PROFILE: &str = "dist";

/// Runs `pagelab bench` as released, with the given arguments.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    let mut bench = host_cargo(workspace);
    bench.args(["run", "--release", "--package", "pagelab", "--", "bench"]).args(arguments);
    match modules(workspace) {
        Ok(modules) => modules.into_iter().for_each(|module| {
            bench.arg("--wasm").arg(module);
        }),
        Err(error) => progress::note(&format!("nothing is measured in wasm: {error:#}")),
    }
    let status = bench.status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Makes the modules; says for each what it is called and where it is.
fn modules(workspace: &Workspace) -> Result<Vec<OsString>> {
    wasm_target::ensure(&cache_folder()?, setup::minimum_rust()?)?;
    MODULES.iter().map(|(what, config)| module(workspace, what, config)).collect()
}

fn module(workspace: &Workspace, what: &str, config: &[&str]) -> Result<OsString> {
    // A folder of its own, so that one does not overwrite the other.
    let target = workspace.scratch().join("bench").join(what.replace(' ', "-"));
    let mut cargo = host_cargo(workspace);
    cargo.args([
        "build",
        "--quiet",
        "--package",
        "bench",
        "--lib",
        "--target",
        wasm_target::TARGET,
        "--profile",
        PROFILE,
    ]);
    process::run(cargo.args(config).arg("--target-dir").arg(&target))?;
    let mut named = OsString::from(format!("{what}="));
    named.push(target.join(wasm_target::TARGET).join(PROFILE).join("bench.wasm"));
    Ok(named)
}
