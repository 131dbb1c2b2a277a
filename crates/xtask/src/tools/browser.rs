//! Chromium and its driver, which the browser tests need.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::process;

use super::apt;

/// The names that Chromium goes by.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser and the program that drives it.
#[derive(Debug)]
pub(crate) struct Browser {
    /// Chromium itself.
    pub(crate) chrome: PathBuf,
    /// Speaks WebDriver for it.
    pub(crate) driver: PathBuf,
}

/// The browser for tests: `CHROME` and `CHROMEDRIVER` if set, else from `PATH`, else from Debian.
pub(crate) fn ensure() -> Result<Browser> {
    if let Some(browser) = look() {
        return Ok(browser);
    }
    apt::install(
        &["chromium", "chromium-driver"],
        "Chromium with its driver, for browser tests,",
    )?;
    match look() {
        Some(browser) => Ok(browser),
        None => bail!("chromium and chromedriver are installed but not on PATH"),
    }
}

fn look() -> Option<Browser> {
    let chrome =
        from_variable("CHROME").or_else(|| BROWSERS.iter().find_map(|name| process::find(name)))?;
    let driver = from_variable("CHROMEDRIVER").or_else(|| process::find("chromedriver"))?;
    Some(Browser { chrome, driver })
}

fn from_variable(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .map(PathBuf::from)
        .filter(|path| path.is_file())
}
