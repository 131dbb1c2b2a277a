//! Where things are: the clone, what its lock file pins, and the user's cache folder.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The clone that `cargo xtask` was called in.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the clone from the folder of this crate, which cargo tells.
    pub(crate) fn locate() -> Result<Workspace> {
        let crate_folder =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root =
            crate_folder.ancestors().nth(2).context("crates/xtask lies two folders below the root")?.to_path_buf();
        Ok(Workspace { root })
    }

    /// The root folder of the clone.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where `cargo xtask build` leaves the release.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// A folder for what these tasks make on the way, in cargo's own target folder.
    pub(crate) fn scratch(&self) -> PathBuf {
        let target = env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
        self.root.join(target).join("xtask")
    }

    /// The version of a crate in `Cargo.lock`, so that no version is written down twice.
    pub(crate) fn locked_version(&self, name: &str) -> Result<String> {
        let path = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        locked_version(&lock, name).with_context(|| format!("{} names no crate `{name}`", path.display()))
    }

    /// Whether `tests/Cargo.toml` declares a test target of this name.
    pub(crate) fn has_test_target(&self, name: &str) -> bool {
        fs::read_to_string(self.root.join("tests/Cargo.toml")).is_ok_and(|manifest| declares_test(&manifest, name))
    }
}

/// The folder of the user's where tools are kept, shared by all clones.
///
/// `PAGELAB_CACHE` overrides it, for machines with a small home.
pub(crate) fn cache_folder() -> Result<PathBuf> {
    if let Some(folder) = non_empty("PAGELAB_CACHE") {
        return Ok(folder);
    }
    let cache = if cfg!(windows) {
        non_empty("LOCALAPPDATA")
    } else {
        non_empty("XDG_CACHE_HOME").filter(|folder| folder.is_absolute()).or_else(|| {
            let below_home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
            non_empty("HOME").map(|home| home.join(below_home))
        })
    };
    let cache =
        cache.context("no cache folder: neither HOME nor XDG_CACHE_HOME is set; set PAGELAB_CACHE to a folder")?;
    Ok(cache.join("pagelab"))
}

fn non_empty(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn locked_version(lock: &str, name: &str) -> Option<String> {
    let wanted = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|line| *line != wanted);
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

fn declares_test(manifest: &str, name: &str) -> bool {
    let wanted = format!("name=\"{name}\"");
    let mut in_test = false;
    manifest.lines().any(|line| {
        let line: String = line.split_whitespace().collect();
        if line.starts_with('[') {
            in_test = line.starts_with("[[test]]");
        }
        in_test && line.starts_with(&wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_version_is_found_by_the_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }

    #[test]
    fn this_clone_locks_wasm_bindgen() {
        let workspace = Workspace::locate().unwrap();
        assert!(workspace.root().join("Cargo.lock").is_file());
        assert!(workspace.locked_version("wasm-bindgen").is_ok());
    }

    #[test]
    fn a_test_target_is_told_from_a_binary_of_the_same_name() {
        let manifest = "[[bin]]\nname = \"e2e\"\n[[test]]\nname = \"model\"\n";
        assert!(!declares_test(manifest, "e2e"));
        assert!(declares_test(manifest, "model"));
        assert!(declares_test("[[test]]\npath = \"e2e.rs\"\nname=\"e2e\"\n", "e2e"));
    }
}
