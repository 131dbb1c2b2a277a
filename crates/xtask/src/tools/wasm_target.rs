//! A Rust compiler that can make wasm: the one on `PATH` with its target added by rustup, or else
//! Debian's own, for which the standard library is built here from Debian's sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::progress;
use crate::version::Version;

use super::apt;
use super::lock::Lock;

/// The name of the target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Where Debian keeps its compiler.
const DEBIAN_BIN: &str = "/usr/bin";

/// Debian's compiler, cargo, sources of the standard library, and a linker for wasm.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld"];

/// Which compiler makes wasm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The one that `cargo` on `PATH` uses.
    OnPath,
    /// Debian's, because the one on `PATH` has no wasm target.
    Debian,
}

impl Compiler {
    /// The folder that must come first on `PATH` for this compiler.
    pub(crate) fn folder(self) -> Option<PathBuf> {
        (self == Compiler::Debian).then(|| PathBuf::from(DEBIAN_BIN))
    }
}

/// Finds a compiler for wasm, or makes one.
pub(crate) fn ensure(cache: &Path, minimum: Version) -> Result<Compiler> {
    if has_target("rustc") {
        return Ok(Compiler::OnPath);
    }
    if debian_is_ready(minimum) {
        return Ok(Compiler::Debian);
    }
    let _lock = Lock::take(&cache.join("tools"), TARGET)?;
    let rustup = match add_with_rustup() {
        Ok(()) => return Ok(Compiler::OnPath),
        Err(error) => error,
    };
    progress::note(&format!("{rustup:#}"));
    progress::note("trying Debian's packages instead");
    match install_debian(cache, minimum) {
        Ok(()) => Ok(Compiler::Debian),
        Err(debian) => bail!(
            "no Rust compiler here can make wasm.\n  \
             With rustup: {rustup:#}\n  With Debian's packages: {debian:#}\n  \
             What would do: `rustup target add {TARGET}` on a machine with network, or Debian's \
             packages {}",
            DEBIAN_PACKAGES.join(" ")
        ),
    }
}

/// Whether a compiler has the core library for wasm.
fn has_target(rustc: &str) -> bool {
    process::output_of(Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]))
        .is_some_and(|folder| holds_core(Path::new(folder.trim())))
}

fn holds_core(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libcore-") && name.ends_with(".rlib")
    })
}

fn add_with_rustup() -> Result<()> {
    if process::find("rustup").is_none() {
        bail!("there is no rustup here to add the target with");
    }
    progress::headline(&format!("Adding the target {TARGET} with rustup"));
    process::run(Command::new("rustup").args(["target", "add", TARGET]))?;
    if !has_target("rustc") {
        bail!("rustup has added {TARGET}, but to another toolchain than the one in use");
    }
    Ok(())
}

fn debian_rustc() -> String {
    format!("{DEBIAN_BIN}/rustc")
}

fn debian_is_ready(minimum: Version) -> bool {
    debian_version().is_some_and(|version| version >= minimum) && has_target(&debian_rustc())
}

fn debian_version() -> Option<Version> {
    let text = process::output_of(Command::new(debian_rustc()).arg("--version"))?;
    Version::find_in(&text)
}

/// Installs Debian's compiler and builds the standard library for wasm beside it.
fn install_debian(cache: &Path, minimum: Version) -> Result<()> {
    progress::headline("Installing Debian's Rust and building its library for wasm (2 minutes)");
    if debian_version().is_none_or(|version| version < minimum) || !debian_sources().is_file() {
        apt::install(&DEBIAN_PACKAGES, "a Rust compiler for wasm")?;
    }
    let version = debian_version().context("Debian's rustc does not run")?;
    if version < minimum {
        bail!("Debian's rustc is {version}, and {minimum} or newer is needed");
    }
    let library = debian_target_folder()?;
    fs::create_dir_all(&library).with_context(|| format!("cannot make {}", library.display()))?;
    let build_folder = cache.join("build").join(format!("std-{version}"));
    build_std(&build_folder)?;
    copy_rlibs(&build_folder.join(TARGET).join("dist/deps"), &library)?;
    link_linker()?;
    let _ = fs::remove_dir_all(&build_folder);
    if !has_target(&debian_rustc()) {
        bail!("the library for wasm is in {}, but rustc does not see it", library.display());
    }
    Ok(())
}

fn debian_sources() -> PathBuf {
    PathBuf::from("/usr/lib/rustlib/src/rust/library/sysroot/Cargo.toml")
}

fn debian_target_folder() -> Result<PathBuf> {
    let mut command = Command::new(debian_rustc());
    command.args(["--print", "target-libdir", "--target", TARGET]);
    let folder = process::output_of(&mut command).context("Debian's rustc knows no wasm")?;
    Ok(PathBuf::from(folder.trim()))
}

/// `--profile dist` is the profile of the libraries that Rust ships: it embeds bitcode, without
/// which nobody could link with LTO. Building the crate `sysroot` also gives `test`.
fn build_std(build_folder: &Path) -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(PathBuf::from(DEBIAN_BIN)).chain(std::env::split_paths(&path));
    process::run(
        Command::new(format!("{DEBIAN_BIN}/cargo"))
            .args(["build", "--locked", "--profile", "dist", "--target", TARGET, "--target-dir"])
            .arg(build_folder)
            .arg("--manifest-path")
            .arg(debian_sources())
            .current_dir(std::env::temp_dir())
            .env("PATH", std::env::join_paths(folders)?)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Zforce-unstable-if-unmarked")
            .env("CARGO_PROFILE_DIST_DEBUG", "0"),
    )
}

fn copy_rlibs(from: &Path, to: &Path) -> Result<()> {
    let entries = fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?;
    // `libcore` goes last: it is what tells a later run that everything is there.
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort_by_key(|path| path.to_string_lossy().contains("/libcore-"));
    for file in files {
        let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if name.ends_with(".rlib") && !name.starts_with("libsysroot-") {
            fs::copy(&file, to.join(name))
                .with_context(|| format!("cannot copy {} to {}", file.display(), to.display()))?;
        }
    }
    Ok(())
}

/// rustc looks for its wasm linker under the name `rust-lld`; Debian's is called `lld`.
fn link_linker() -> Result<()> {
    let host = process::output_of(Command::new(debian_rustc()).args(["--print", "host-tuple"]))
        .context("Debian's rustc does not tell its host")?;
    let folder = PathBuf::from(format!("/usr/lib/rustlib/{}/bin", host.trim()));
    let link = folder.join("rust-lld");
    if link.exists() {
        return Ok(());
    }
    fs::create_dir_all(&folder)?;
    symlink(Path::new("/usr/bin/lld"), &link).with_context(|| format!("cannot make {}", link.display()))
}

#[cfg(unix)]
fn symlink(original: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(original, link)
}

#[cfg(not(unix))]
fn symlink(original: &Path, link: &Path) -> std::io::Result<()> {
    fs::copy(original, link).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_the_core_library_is_no_target() {
        let folder = std::env::temp_dir().join(format!("pagelab-target-{}", std::process::id()));
        assert!(!holds_core(&folder));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("libstd-1.rlib"), "").unwrap();
        assert!(!holds_core(&folder));
        fs::write(folder.join("libcore-1.rlib"), "").unwrap();
        assert!(holds_core(&folder));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn libraries_are_copied_without_the_empty_sysroot_crate() {
        let root = std::env::temp_dir().join(format!("pagelab-rlibs-{}", std::process::id()));
        let (from, to) = (root.join("from"), root.join("to"));
        fs::create_dir_all(&from).unwrap();
        fs::create_dir_all(&to).unwrap();
        for name in ["libcore-1.rlib", "libsysroot-1.rlib", "core-1.d"] {
            fs::write(from.join(name), "").unwrap();
        }
        copy_rlibs(&from, &to).unwrap();
        let names: Vec<_> = fs::read_dir(&to).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(names, ["libcore-1.rlib"]);
        fs::remove_dir_all(root).unwrap();
    }
}
