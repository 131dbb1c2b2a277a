//! End to end: a person's way through the release, in a real browser over WebDriver.
//!
//! Needs `PAGELAB_DIST` (or `dist/`), and `CHROME` and `CHROMEDRIVER` (or both on PATH). Every test has a browser and
//! a server of its own. Nothing waits for time, everything for conditions.

#![cfg(unix)]
#![allow(missing_docs)]

mod address;
mod driver;
mod editing;
mod keyboard;
mod lessons;
mod load;
mod looks;
mod motion;
mod page;
mod server;
mod shells;
mod trouble;
