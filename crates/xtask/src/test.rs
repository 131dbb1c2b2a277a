//! `cargo xtask test`: every check and every test, one after the other, each with its time.
//!
//! All of them run even if an earlier one fails; the last line is `N passed, N failed`.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::args::Scope;
use crate::build;
use crate::counts::Counts;
use crate::process::{self, Echo, Ending};
use crate::progress;
use crate::setup;
use crate::tools::browser::{self, Browser};
use crate::tools::wasm_target::{Compiler, TARGET};
use crate::tools::{Toolbox, host_cargo};
use crate::workspace::Workspace;

/// A stage that is not done by then hangs.
const LIMIT: Duration = Duration::from_secs(40 * 60);
/// Browser tests that are not done by then hang: a browser may wait for ever.
const BROWSER_LIMIT: Duration = Duration::from_secs(20 * 60);

/// The package in `tests/`, and its target that drives a browser against the release.
const TESTS: &str = "pagelab-tests";
const E2E: &str = "e2e";

/// Runs the tests and prints the closing line.
pub(crate) fn run(workspace: &Workspace, scope: Scope) -> Result<ExitCode> {
    let mut report = Report::default();
    host_stages(workspace, &mut report);
    if scope == Scope::All {
        browser_stages(workspace, &mut report);
    }
    report.print()?;
    Ok(if report.total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What runs on this machine without a browser.
fn host_stages(workspace: &Workspace, report: &mut Report) {
    report.check("Formatting", || {
        need_component("fmt", "rustfmt")?;
        // Only the names of the files: `cargo fmt` mends them.
        process::run(host_cargo(workspace).args(["fmt", "--all", "--", "--check", "-l"]))
    });
    report.check("Clippy", || {
        need_component("clippy", "clippy")?;
        clippy(host_cargo(workspace).args(["clippy", "--workspace", "--all-targets"]))?;
        // `--all-targets` leaves out what is declared with `test = false`.
        if workspace.has_test_target(E2E) {
            let mut command = host_cargo(workspace);
            clippy(command.args(["clippy", "--package", TESTS, "--test", E2E]))?;
        }
        Ok(())
    });
    report.tests("Tests on this machine", LIMIT, &mut host_tests(workspace));
    report.tests(
        "Examples in the documentation",
        LIMIT,
        host_cargo(workspace).args(["test", "--workspace", "--doc", "--no-fail-fast"]),
    );
}

/// What needs the wasm tools, and mostly a browser.
fn browser_stages(workspace: &Workspace, report: &mut Report) {
    let mut toolbox = None;
    report.check("Tools for the app", || {
        toolbox = Some(setup::app_tools(workspace)?);
        Ok(())
    });
    let mut browser = None;
    report.check("A browser for tests", || {
        let found = browser::ensure()?;
        found.write_capabilities(&capabilities_file(workspace))?;
        browser = Some(found);
        Ok(())
    });
    let Some(toolbox) = toolbox else { return };
    wasm_clippy(workspace, &toolbox, report);
    if let Some(browser) = &browser {
        wasm_tests(workspace, &toolbox, browser, report);
    }
    let built = report.check("The release, within its budget", || build::release(workspace, &toolbox));
    if let (Some(browser), true) = (&browser, built) {
        end_to_end(workspace, browser, report);
    }
}

/// nextest where it is, else cargo's own runner. The end-to-end tests are declared with
/// `test = false`, so neither runs them here.
fn host_tests(workspace: &Workspace) -> Command {
    let mut command = host_cargo(workspace);
    if process::find("cargo-nextest").is_some() {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests=pass"]);
        command.args(["--status-level", "slow", "--final-status-level", "fail"]);
    } else {
        command.args(["test", "--workspace", "--no-fail-fast"]);
        command.args(["--lib", "--bins", "--tests"]);
    }
    command
}

fn wasm_clippy(workspace: &Workspace, toolbox: &Toolbox, report: &mut Report) {
    if toolbox.compiler() == Compiler::Debian {
        progress::note("Clippy for wasm is left out: your clippy has no wasm target");
        return;
    }
    report.check("Clippy for wasm", || {
        let mut command = toolbox.command("cargo", workspace);
        clippy(command.args(["clippy", "--package", "web", "--all-targets", "--target", TARGET]))
    });
}

fn clippy(command: &mut Command) -> Result<()> {
    process::run(command.args(["--", "-D", "warnings"]))
}

/// The app's unit tests, compiled to wasm, in a headless browser.
fn wasm_tests(workspace: &Workspace, toolbox: &Toolbox, browser: &Browser, report: &mut Report) {
    let runner = toolbox.command("wasm-bindgen-test-runner", workspace);
    let mut command = toolbox.command("cargo", workspace);
    command
        .args(["test", "--package", "web", "--target", TARGET, "--tests", "--no-fail-fast"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner.get_program())
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities_file(workspace))
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    report.tests("Tests in the browser", BROWSER_LIMIT, with_browser(&mut command, browser));
}

/// Where wasm-bindgen's test runner reads how to start the browser.
fn capabilities_file(workspace: &Workspace) -> PathBuf {
    workspace.scratch().join("webdriver.json")
}

/// A person's way through the release, in a real browser.
fn end_to_end(workspace: &Workspace, browser: &Browser, report: &mut Report) {
    if !workspace.has_test_target(E2E) {
        progress::note("There are no end-to-end tests: tests/Cargo.toml declares no test `e2e`");
        return;
    }
    let mut command = host_cargo(workspace);
    command.args(["test", "--package", TESTS, "--test", E2E, "--no-fail-fast"]).env("PAGELAB_DIST", workspace.dist());
    report.tests("End to end", BROWSER_LIMIT, with_browser(&mut command, browser));
}

fn with_browser<'a>(command: &'a mut Command, browser: &Browser) -> &'a mut Command {
    command.env("CHROME", &browser.chrome).env("CHROMEDRIVER", &browser.driver)
}

/// Adds a part of the Rust toolchain that small installations lack.
fn need_component(subcommand: &str, component: &str) -> Result<()> {
    let works = || process::output_of(Command::new("cargo").args([subcommand, "--version"])).is_some();
    if works() {
        return Ok(());
    }
    if process::find("rustup").is_none() {
        bail!("`cargo {subcommand}` is missing; your distribution has it as a package");
    }
    process::run(Command::new("rustup").args(["component", "add", component]))
        .with_context(|| format!("`cargo {subcommand}` is missing: rustup component add {component}"))
}

/// One line of the closing table.
#[derive(Debug)]
struct Stage {
    name: &'static str,
    counts: Counts,
    time: Duration,
}

/// What has run so far.
#[derive(Debug, Default)]
struct Report {
    stages: Vec<Stage>,
    total: Counts,
}

impl Report {
    /// Runs something that passes or fails as a whole; whether it passed is the answer.
    fn check(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> bool {
        progress::headline(name);
        let started = Instant::now();
        let result = work();
        if let Err(error) = &result {
            progress::error(error);
        }
        self.close(name, Counts::check(result.is_ok()), started.elapsed());
        result.is_ok()
    }

    /// Runs tests and counts them.
    fn tests(&mut self, name: &'static str, limit: Duration, command: &mut Command) {
        progress::headline(name);
        let started = Instant::now();
        if wants_colours() {
            command.env("CARGO_TERM_COLOR", "always");
        }
        let counts = count(command, limit, Echo::Shown);
        self.close(name, counts, started.elapsed());
    }

    fn close(&mut self, name: &'static str, counts: Counts, time: Duration) {
        progress::note(&format!("{name}: {counts}, {}", progress::spoken(time)));
        self.total += counts;
        self.stages.push(Stage { name, counts, time });
    }

    /// The table, and alone on the last line the sum.
    fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out)?;
        for Stage { name, counts, time } in &self.stages {
            let time = progress::spoken(*time);
            writeln!(out, "{:<34} {:>6} passed {:>4} failed  {time:>12}", name, counts.passed, counts.failed)?;
        }
        writeln!(out, "{}", self.total)?;
        out.flush()
    }
}

/// The tests that a runner reports. One that fails without a failed test counts as one.
fn count(command: &mut Command, limit: Duration, echo: Echo) -> Counts {
    let mut counts = Counts::default();
    let ending = process::watch(command, limit, echo, |line| counts.read(line));
    if let Some(trouble) = trouble(&ending, limit) {
        counts.failed = counts.failed.max(1);
        progress::note(&format!("`{}`: {trouble}", process::shown(command)));
    }
    counts
}

fn trouble(ending: &Result<Ending>, limit: Duration) -> Option<String> {
    match ending {
        Ok(Ending::Exited(status)) if status.success() => None,
        Ok(Ending::Exited(status)) => Some(status.to_string()),
        Ok(Ending::TimedOut) => Some(format!("ended after {}", progress::spoken(limit))),
        Err(error) => Some(error.to_string()),
    }
}

fn wants_colours() -> bool {
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| value != OsStr::new(""));
    io::stdout().is_terminal() && io::stderr().is_terminal() && !no_colour
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_runner_that_dies_counts_as_a_failure() {
        let counted = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            let counts = count(&mut command, LIMIT, Echo::Hidden);
            (counts.passed, counts.failed)
        };
        assert_eq!(counted("exit 101"), (0, 1));
        assert_eq!(counted("echo 'test result: ok. 2 passed; 0 failed;'"), (2, 0));
        let failing = "echo 'test result: FAILED. 2 passed; 3 failed;'; exit 1";
        assert_eq!(counted(failing), (2, 3));
    }

    #[test]
    fn a_check_counts_once() {
        let mut report = Report::default();
        assert!(report.check("fine", || Ok(())));
        assert!(!report.check("broken", || bail!("no")));
        assert_eq!(report.total, Counts { passed: 1, failed: 1 });
        assert_eq!(report.stages.len(), 2);
    }
}
