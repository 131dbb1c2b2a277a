//! `cargo xtask bench`: the model's speed on this machine.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::tools::host_cargo;
use crate::workspace::Workspace;

/// Runs `pagelab bench` as released, with the given arguments.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    let status = host_cargo(workspace)
        .args(["run", "--release", "--package", "pagelab", "--", "bench"])
        .args(arguments)
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
