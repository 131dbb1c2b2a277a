//! `cargo xtask setup`, and the setting up that the other tasks do first.

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
    let cache = cache_folder()?;
    let compiler = wasm_target::ensure(&cache, minimum_rust()?)?;
    if compiler == Compiler::Debian {
        progress::note("wasm is compiled with Debian's Rust: yours has no wasm target");
    }
    let mut folders = Vec::new();
    for tool in [cargo_tool::trunk(), cargo_tool::wasm_bindgen(workspace)?] {
        folders.extend(CargoTool::ensure(&tool, &cache)?);
    }
    Ok(Toolbox::new(compiler, folders))
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
