//! Chromium and its driver, which the browser tests need.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process;

use super::apt;

/// The names that Chromium goes by.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Flags for a browser that nobody uses but a test.
const FLAGS: [&str; 7] = [
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
];

/// A browser and the program that drives it.
#[derive(Debug)]
pub(crate) struct Browser {
    /// Chromium itself.
    pub(crate) chrome: PathBuf,
    /// Speaks WebDriver for it.
    pub(crate) driver: PathBuf,
}

impl Browser {
    /// Writes [`Browser::capabilities`] to a file, in a folder that is made if need be.
    pub(crate) fn write_capabilities(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, self.capabilities()).with_context(|| format!("cannot write {}", file.display()))
    }

    /// What wasm-bindgen's test runner asks the driver for, as JSON; it adds `headless` by itself.
    ///
    /// Without these flags Chromium asks for updates and the like, which fails slowly on machines
    /// that are cut off.
    fn capabilities(&self) -> String {
        let flags = FLAGS.map(|flag| format!("{flag:?}")).join(", ");
        let chrome = self.chrome.to_string_lossy();
        format!(r#"{{"goog:chromeOptions": {{"binary": {chrome:?}, "args": [{flags}]}}}}"#)
    }
}

/// The browser for tests: `CHROME` and `CHROMEDRIVER` if set, else from `PATH`, else from Debian.
pub(crate) fn ensure() -> Result<Browser> {
    if let Some(browser) = look() {
        return Ok(browser);
    }
    apt::install(&["chromium", "chromium-driver"], "Chromium with its driver, for browser tests,")?;
    match look() {
        Some(browser) => Ok(browser),
        None => bail!("chromium and chromedriver are installed but not on PATH"),
    }
}

fn look() -> Option<Browser> {
    let chrome = from_variable("CHROME").or_else(|| BROWSERS.iter().find_map(|name| process::find(name)))?;
    let driver = from_variable("CHROMEDRIVER").or_else(|| process::find("chromedriver"))?;
    Some(Browser { chrome, driver })
}

fn from_variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from).filter(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_name_the_browser_and_its_flags() {
        let browser = Browser { chrome: "/usr/bin/chromium".into(), driver: "/usr/bin/chromedriver".into() };
        let json = browser.capabilities();
        let start = r#"{"goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": ["no-sandbox", "#;
        assert!(json.starts_with(start), "{json}");
        assert!(json.ends_with(r#""disable-sync"]}}"#), "{json}");
    }
}
