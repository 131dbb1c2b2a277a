//! The `pagelab` command: the model without a browser.
//!
//! A library, so that tests can run commands without starting processes; `main.rs` turns results into exit codes.

mod bench;
mod check;
mod export;
mod files;
mod format;
mod import;
mod input;
mod policies;
mod run;
mod verify;

use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

/// Shows paging and memory-mapped files happening: runs scenarios in a model of processes, page tables, page cache and disk.
#[derive(Parser)]
#[command(name = "pagelab", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run a scenario; print each step and the totals.
    Run(run::Options),
    /// Run scenarios on their machine and every variant; report each `expect` that does not hold.
    Check {
        /// The scenarios; `-` is standard input.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Print a scenario in its canonical form.
    Fmt {
        /// The scenario; `-` is standard input.
        file: PathBuf,
        /// Print nothing; exit 1 if the file is not in canonical form.
        #[arg(long)]
        check: bool,
    },
    /// Count the misses of replacement policies on a reference string, for each number of frames.
    Policies(policies::Options),
    /// Print a scenario made from another program's problem or trace.
    Import(import::Options),
    /// Run scenarios on this Linux kernel too, and print simulation and reality side by side.
    Verify(verify::Options),
    /// Print a scenario as a program for a real system.
    Export(export::Options),
    /// Measure the model, each figure beside its baseline from the same run.
    Bench(bench::Options),
}

/// How a command ends when it does not end well.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// What it checked does not hold; it has said so.
    DoesNotHold,
    /// Bad input, with what is wrong.
    BadInput(String),
    /// Nobody reads the output any more.
    OutputClosed,
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::BadInput(error.to_string()),
        }
    }
}

/// Reads the arguments (the first is the program's name) and carries the command out, writing results to `out`.
///
/// # Errors
/// How it ends when it does not end well. Usage is not among them: clap prints it and exits by itself, with 2.
pub fn execute<I>(arguments: I, out: &mut impl Write) -> Result<(), Failure>
where
    I: IntoIterator<Item = OsString>,
{
    match Arguments::parse_from(arguments).command {
        Task::Run(options) => run::run(&options, out),
        Task::Check { files } => check::check(&files, out),
        Task::Fmt { file, check } => format::format(&file, check, out),
        Task::Policies(options) => policies::policies(&options, out),
        Task::Export(options) => export::export(&options, out),
        Task::Import(options) => import::import(&options, out),
        Task::Verify(options) => verify::verify(&options, out),
        Task::Bench(options) => bench::run(&options, out),
    }
}
