//! wasm-opt, which makes the release smaller. Only releases need it, and only this needs Node.js.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::process;
use crate::progress;
use crate::version::Version;

use super::lock::Lock;

/// The version from npm. Debian's 108 cannot read what rustc writes today ("invalid code after misc
/// prefix"), so anything older than this is left alone.
const WANTED: Version = Version(132, 0, 0);

/// wasm-opt, installed if need be; nothing, with a word, where there is no Node.js to run it.
pub(crate) fn ensure(cache: &Path) -> Result<Option<PathBuf>> {
    if let Some(path) = process::find("wasm-opt").filter(|path| is_recent(path)) {
        return Ok(Some(path));
    }
    if process::find("node").is_none() || process::find("npm").is_none() {
        progress::note("wasm-opt is left out: it comes from npm, and there is no Node.js here");
        return Ok(None);
    }
    let tools = cache.join("tools");
    let home = tools.join(format!("binaryen-{WANTED}"));
    let program = home.join("node_modules/.bin/wasm-opt");
    if !program.exists() {
        let _lock = Lock::take(&tools, "binaryen")?;
        if !program.exists() {
            install(&home)?;
        }
    }
    Ok(Some(program))
}

fn is_recent(path: &Path) -> bool {
    process::output_of(Command::new(path).arg("--version"))
        .and_then(|text| Version::find_in(&text))
        .is_some_and(|version| version >= WANTED)
}

fn install(home: &Path) -> Result<()> {
    progress::headline(&format!("Installing wasm-opt {WANTED} from npm"));
    progress::note(&format!("into {}", home.display()));
    std::fs::create_dir_all(home)?;
    process::run(
        Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
            .arg(home)
            .arg(format!("binaryen@{WANTED}"))
            .current_dir(home)
            .stdin(Stdio::null())
            .stdout(Stdio::null()),
    )
}
