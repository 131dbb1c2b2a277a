//! `cargo xtask setup`, and the setting up that the other tasks do first.

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::thread;

use anyhow::{Context, Result};

use crate::progress;
use crate::tools::cargo_tool::{self, CargoTool};
use crate::tools::wasm_target::{self, Compiler};
use crate::tools::{Toolbox, binaryen, browser};
use crate::version::Version;
use crate::workspace::{Workspace, cache_folder};

/// The oldest compiler that takes the workspace, from `Cargo.toml`.
pub(crate) fn minimum_rust() -> Result<Version> {
    Version::find_in(env!("CARGO_PKG_RUST_VERSION")).context("rust-version is a version")
}

/// What building and serving the app needs: a compiler for wasm, wasm-bindgen and Trunk.
pub(crate) fn app_tools(workspace: &Workspace) -> Result<Toolbox> {
    app_tools_while(workspace, |_| ())
}

/// The same; if a tool has to be installed, `meanwhile` runs beside it, with the compiler for wasm alone.
///
/// The last crates of each build leave a processor idle, so several at once are done sooner than one after another.
pub(crate) fn app_tools_while(workspace: &Workspace, meanwhile: impl FnOnce(&Toolbox)) -> Result<Toolbox> {
    let cache = cache_folder()?;
    let compiler = wasm_target::ensure(&cache, minimum_rust()?)?;
    if compiler == Compiler::Debian {
        progress::note("wasm is compiled with Debian's Rust: yours has no wasm target");
    }
    let tools = [cargo_tool::trunk(), cargo_tool::wasm_bindgen(workspace)?];
    let folders: Result<Vec<Option<PathBuf>>> = thread::scope(|scope| {
        let cache = &cache;
        let install = |tool| scope.spawn(move || CargoTool::install_once(tool, cache));
        let found = tools.each_ref().map(|tool| tool.find(cache).ok_or_else(|| install(tool)));
        if found.iter().any(Result::is_err) {
            meanwhile(&Toolbox::new(compiler, Vec::new()));
        }
        found
            .into_iter()
            .map(|found| match found {
                Ok(found) => Ok(found.folder()),
                Err(installing) => installing.join().unwrap_or_else(|panic| resume_unwind(panic)).map(Some),
            })
            .collect()
    });
    Ok(Toolbox::new(compiler, folders?.into_iter().flatten().collect()))
}

/// `cargo xtask setup`: everything that the other tasks would set up on their first run.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let toolbox = app_tools(workspace)?;
    let wasm_opt = binaryen::ensure(&cache_folder()?)?;
    let browser = browser::ensure()?;
    progress::headline("Everything is set up");
    for folder in toolbox.folders() {
        progress::note(&folder.display().to_string());
    }
    if let Some(path) = wasm_opt {
        progress::note(&path.display().to_string());
    }
    progress::note(&format!("{}, {}", browser.chrome.display(), browser.driver.display()));
    Ok(())
}
