//! The `pagelab` command: the model without a browser.
//!
//! Exits 0 when all is well, 1 when what it checked does not hold, 2 on bad usage or bad input.

mod bench;
mod check;
mod format;
mod input;
mod run;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

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
    /// Measure the model, each figure beside its baseline from the same run.
    Bench {
        /// Measure a tenth as much.
        #[arg(long)]
        quick: bool,
    },
}

/// How a command ends when it does not end well.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
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

fn main() -> ExitCode {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let result = match Arguments::parse().command {
        Task::Run(options) => run::run(&options, &mut out),
        Task::Check { files } => check::check(&files, &mut out),
        Task::Fmt { file, check } => format::format(&file, check, &mut out),
        Task::Bench { quick } => bench::run(quick, &mut out),
    };
    match result.and(std::io::Write::flush(&mut out).map_err(Failure::from)) {
        Ok(()) | Err(Failure::OutputClosed) => ExitCode::SUCCESS,
        Err(Failure::DoesNotHold) => ExitCode::from(1),
        Err(Failure::BadInput(message)) => {
            eprintln!("{}", message.trim_end());
            ExitCode::from(2)
        }
    }
}
