//! `pagelab import`: scenarios from other programs' problems and traces, on standard output.

mod ostep;

use crate::Failure;
use clap::{Args, Subcommand};
use std::io::Write;

/// What is imported.
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    from: From,
}

#[derive(Subcommand)]
enum From {
    /// The very problem that a program of "Operating Systems: Three Easy Pieces" makes from a seed.
    Ostep(ostep::Options),
}

/// Prints the scenario.
pub(crate) fn import(options: &Options, out: &mut impl Write) -> Result<(), Failure> {
    let text = match &options.from {
        From::Ostep(options) => ostep::scenario(options),
    };
    out.write_all(text.map_err(Failure::BadInput)?.as_bytes())?;
    Ok(())
}
