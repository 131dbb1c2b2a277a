//! The tools that a build needs: found on `PATH` if recent enough, otherwise installed into a folder
//! of the user's cache that carries the tool's version, once for all clones.
//!
//! One file a tool; each says what it takes from `PATH` and how it installs. Nothing is downloaded
//! from anywhere but the registries that cargo, npm, apt and rustup are set up to use.

pub(crate) mod apt;
pub(crate) mod binaryen;
pub(crate) mod browser;
pub(crate) mod cargo_tool;
pub(crate) mod lock;
pub(crate) mod wasm_target;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::workspace::Workspace;

use wasm_target::Compiler;

/// What has been found or installed for building the app.
#[derive(Debug)]
pub(crate) struct Toolbox {
    /// Folders that go before `PATH` when a program of ours is started, first one first.
    folders: Vec<PathBuf>,
    compiler: Compiler,
}

impl Toolbox {
    /// A toolbox with the compiler that can make wasm, and the folders of the other tools.
    pub(crate) fn new(compiler: Compiler, folders: Vec<PathBuf>) -> Toolbox {
        Toolbox { folders, compiler }
    }

    /// A command that finds our tools and a cargo that can make wasm, started in the clone's root.
    pub(crate) fn command(&self, program: &str, workspace: &Workspace) -> Command {
        let path = self.path();
        let found = crate::process::find_in(program, &path);
        let mut command = Command::new(found.unwrap_or_else(|| program.into()));
        command.current_dir(workspace.root()).env("PATH", path);
        command
    }

    /// Whether the compiler for wasm is the one that `cargo` on `PATH` uses anyway.
    pub(crate) fn compiler(&self) -> Compiler {
        self.compiler
    }

    /// The folder that a tool was found or installed in.
    pub(crate) fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    fn path(&self) -> OsString {
        let before = env::var_os("PATH").unwrap_or_default();
        let folders = self.folders.iter().cloned().chain(self.compiler.folder());
        env::join_paths(folders.chain(env::split_paths(&before))).unwrap_or(before)
    }
}

/// cargo for work on this machine itself, started in the clone's root.
pub(crate) fn host_cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(workspace.root());
    command
}
