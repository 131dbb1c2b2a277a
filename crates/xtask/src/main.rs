//! `cargo xtask`: sets up, serves, tests and ships Pagelab.
//!
//! The rooms:
//!
//! - [`args`]: what was asked for;
//! - [`workspace`]: where things are: the clone, its lock file, the user's cache;
//! - [`process`]: starting other programs, with their output shown and, where asked, read;
//! - [`progress`]: what is said while something takes long;
//! - [`tools`]: finds or installs what a fresh machine lacks, one file a tool;
//! - [`shrink`], [`bundle`]: what a release is made smaller by, and what it weighs;
//! - [`setup`], [`serve`], [`build`], [`test`], [`bench`], [`fuzz`]: the tasks themselves.
//!
//! Nothing here knows what Pagelab does; nothing in the other crates knows that this one exists.

mod args;
mod bench;
mod build;
mod bundle;
mod counts;
mod fuzz;
mod process;
mod progress;
mod serve;
mod setup;
mod shrink;
mod test;
mod tools;
mod version;
mod workspace;

use std::process::ExitCode;

use args::Task;
use workspace::Workspace;

fn main() -> ExitCode {
    let task = match args::parse(std::env::args_os().skip(1)) {
        Ok(task) => task,
        Err(error) => {
            eprintln!("error: {error}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };
    match run(task) {
        Ok(code) => code,
        Err(error) => {
            progress::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::locate()?;
    match task {
        Task::Help => println!("{}", args::HELP),
        Task::Setup => setup::run(&workspace)?,
        Task::Serve(options) => serve::run(&workspace, &options)?,
        Task::Build => build::run(&workspace)?,
        Task::Test(scope) => return test::run(&workspace, scope),
        Task::Fuzz(options) => return fuzz::run(&workspace, &options),
        Task::Bench(arguments) => return bench::run(&workspace, &arguments),
    }
    Ok(ExitCode::SUCCESS)
}
