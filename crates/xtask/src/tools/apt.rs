//! Debian's package manager, where there is one and this user may use it.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::process;
use crate::progress;

/// Installs packages, or says what to type where that is not ours to do.
pub(crate) fn install(packages: &[&str], purpose: &str) -> Result<()> {
    let advice = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    if process::find("apt-get").is_none() {
        bail!("{purpose} is missing, and this machine has no apt-get to install it with");
    }
    if !is_root() {
        bail!("{purpose} is missing; an administrator gets it with: sudo {advice}");
    }
    progress::note(&format!("{purpose} is missing: {advice}"));
    process::run(apt_get().args(["update", "-qq"]))?;
    process::run(
        apt_get()
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages)
            // What dpkg tells of every package; errors come on the other stream.
            .stdout(Stdio::null()),
    )
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command
}

fn is_root() -> bool {
    process::output_of(Command::new("id").arg("-u")).is_some_and(|user| user.trim() == "0")
}
