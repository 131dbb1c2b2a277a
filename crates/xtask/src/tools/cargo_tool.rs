//! Trunk and wasm-bindgen: programs that cargo installs from crates.io.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::process;
use crate::progress;
use crate::version::Version;
use crate::workspace::Workspace;

use super::lock::Lock;

/// Longer than any machine needs to compile one of these.
const LIMIT: Duration = Duration::from_secs(45 * 60);

/// Where a tool was found.
pub(crate) enum Found {
    /// In a folder of `PATH`.
    OnPath,
    /// In this folder of ours.
    In(PathBuf),
}

impl Found {
    /// The folder that must come before `PATH`.
    pub(crate) fn folder(self) -> Option<PathBuf> {
        match self {
            Found::OnPath => None,
            Found::In(folder) => Some(folder),
        }
    }
}

/// A program on crates.io.
#[derive(Debug)]
pub(crate) struct CargoTool {
    crate_name: &'static str,
    version: String,
    programs: &'static [&'static str],
    suits: fn(found: Version, wanted: &str) -> bool,
    features: &'static [&'static str],
    /// The crates that it spends its time in, which are worth optimising.
    busy: &'static [&'static str],
    takes: &'static str,
}

/// Trunk builds and serves the app. 0.22 needs a newer compiler than we do, so the last 0.21 is
/// pinned; either will do if it is there.
///
/// Without its features it has no TLS and asks nobody for updates: all that it would download is
/// wasm-bindgen and wasm-opt, and those it gets from us.
pub(crate) fn trunk() -> CargoTool {
    CargoTool {
        crate_name: "trunk",
        version: "0.21.14".to_owned(),
        programs: &["trunk"],
        suits: |found, _| (Version(0, 21, 14)..Version(0, 23, 0)).contains(&found),
        features: &["--no-default-features"],
        busy: &[],
        takes: "two to three minutes",
    }
}

/// wasm-bindgen writes the JavaScript beside the wasm. It must be the very version that the app is
/// linked with, which `Cargo.lock` tells.
pub(crate) fn wasm_bindgen(workspace: &Workspace) -> Result<CargoTool> {
    Ok(CargoTool {
        crate_name: "wasm-bindgen-cli",
        version: workspace.locked_version("wasm-bindgen")?,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        suits: |found, wanted| found.to_string() == wanted,
        features: &[],
        busy: &["walrus", "wasmparser", "wasm-encoder", "leb128fmt", "id-arena", "wasm-bindgen-cli-support"],
        takes: "one to two minutes",
    })
}

/// cargo-fuzz builds the fuzzers with libFuzzer and starts them.
pub(crate) fn cargo_fuzz() -> CargoTool {
    CargoTool {
        crate_name: "cargo-fuzz",
        version: "0.13.2".to_owned(),
        programs: &["cargo-fuzz"],
        suits: |found, _| found >= Version(0, 12, 0),
        features: &[],
        busy: &[],
        takes: "a minute",
    }
}

impl CargoTool {
    /// The folder with the tool's programs, installed if need be; nothing if they are on `PATH`.
    pub(crate) fn ensure(&self, cache: &Path) -> Result<Option<PathBuf>> {
        match self.find(cache) {
            Some(found) => Ok(found.folder()),
            None => self.install_once(cache).map(Some),
        }
    }

    /// Where the tool is, if it is there.
    pub(crate) fn find(&self, cache: &Path) -> Option<Found> {
        if self.is_on_path() {
            return Some(Found::OnPath);
        }
        let home = self.home(cache);
        self.is_in(&home).then(|| Found::In(home.join("bin")))
    }

    /// Installs the tool where [`Self::find`] has not found it, unless another run is about to; tells its folder.
    pub(crate) fn install_once(&self, cache: &Path) -> Result<PathBuf> {
        let home = self.home(cache);
        let _lock = Lock::take(&cache.join("tools"), &self.versioned_name())?;
        // Whoever held the lock before has installed it.
        if !self.is_in(&home) {
            self.install(cache, &home)?;
        }
        Ok(home.join("bin"))
    }

    fn home(&self, cache: &Path) -> PathBuf {
        cache.join("tools").join(self.versioned_name())
    }

    fn versioned_name(&self) -> String {
        format!("{}-{}", self.crate_name, self.version)
    }

    fn is_on_path(&self) -> bool {
        self.programs.iter().all(|program| {
            process::find(program)
                .and_then(|path| process::output_of(Command::new(path).arg("--version")))
                .and_then(|text| Version::find_in(&text))
                .is_some_and(|version| (self.suits)(version, &self.version))
        })
    }

    fn is_in(&self, home: &Path) -> bool {
        let suffix = std::env::consts::EXE_SUFFIX;
        self.programs.iter().all(|name| home.join("bin").join(format!("{name}{suffix}")).is_file())
    }

    fn install(&self, cache: &Path, home: &Path) -> Result<()> {
        let name = self.versioned_name();
        progress::headline(&format!("Installing {name} ({}, once for all clones)", self.takes));
        progress::note(&format!("from crates.io into {}", home.display()));
        let started = Instant::now();
        // Kept until the end, so that an interrupted run goes on where it was.
        let build_folder = cache.join("build").join(&name);
        // The versions that the author tested come first; where the registry does not have one of
        // them, cargo says so at once and picks its own.
        if self.cargo_install(home, &build_folder, true).is_err() {
            progress::note(&format!("{name}: not with the versions its author tested; now with cargo's choice"));
            self.cargo_install(home, &build_folder, false)?;
        }
        // The tool is there; a build folder that stays is a waste of space, no failure.
        let _ = fs::remove_dir_all(&build_folder);
        progress::note(&format!("{name}: done in {}", progress::spoken(started.elapsed())));
        Ok(())
    }

    fn cargo_install(&self, home: &Path, build_folder: &Path, locked: bool) -> Result<()> {
        let mut command = self.install_command(home, build_folder);
        if locked {
            command.arg("--locked");
        }
        process::build(&mut command, self.crate_name, LIMIT)
    }

    /// Published profiles aim at the fastest program (fat LTO: 16 minutes of work for Trunk); these
    /// settings aim at having one soon. There are so many crates that none needs to be compiled in parts, which
    /// would double the work.
    fn install_command(&self, home: &Path, build_folder: &Path) -> Command {
        let mut command = Command::new("cargo");
        command
            .args(["install", self.crate_name, "--version", &self.version, "--root"])
            .arg(home)
            .args(self.features)
            // Away from any Cargo configuration of the clone.
            .current_dir(std::env::temp_dir())
            .env("CARGO_TARGET_DIR", build_folder)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        for name in self.busy {
            command.arg("--config").arg(format!("profile.release.package.{name}.opt-level=1"));
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_may_be_newer_but_not_older() {
        let tool = trunk();
        let suits = |version| (tool.suits)(version, &tool.version);
        assert!(suits(Version(0, 21, 14)));
        assert!(suits(Version(0, 22, 1)));
        assert!(!suits(Version(0, 21, 13)));
        assert!(!suits(Version(0, 23, 0)));
    }

    #[test]
    fn wasm_bindgen_must_be_the_locked_version() {
        let tool = wasm_bindgen(&Workspace::locate().unwrap()).unwrap();
        let locked = Version::find_in(&tool.version).unwrap();
        assert!((tool.suits)(locked, &tool.version));
        assert!(!(tool.suits)(Version(locked.0, locked.1, locked.2 + 1), &tool.version));
    }

    #[test]
    fn a_tool_is_there_only_with_all_its_programs() {
        let home = std::env::temp_dir().join(format!("pagelab-tool-{}", std::process::id()));
        let tool = wasm_bindgen(&Workspace::locate().unwrap()).unwrap();
        fs::create_dir_all(home.join("bin")).unwrap();
        let suffix = std::env::consts::EXE_SUFFIX;
        fs::write(home.join(format!("bin/wasm-bindgen{suffix}")), "").unwrap();
        assert!(!tool.is_in(&home));
        fs::write(home.join(format!("bin/wasm-bindgen-test-runner{suffix}")), "").unwrap();
        assert!(tool.is_in(&home));
        fs::remove_dir_all(home).unwrap();
    }
}
