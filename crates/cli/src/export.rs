//! `pagelab export`.

use crate::Failure;
use crate::input::Input;
use clap::{Args, ValueEnum};
use script::export;
use std::io::Write;
use std::path::PathBuf;

/// What is exported, and to what.
#[derive(Args)]
pub(crate) struct Options {
    /// The scenario; `-` is standard input.
    file: PathBuf,
    /// The language and system.
    #[arg(long, value_enum)]
    to: Target,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// C for Linux.
    C,
}

/// Prints the program.
pub(crate) fn export(options: &Options, out: &mut impl Write) -> Result<(), Failure> {
    let input = Input::read(&options.file)?;
    let exported = match options.to {
        Target::C => to_c(&input)?,
    };
    if let Some(ends) = &exported.ends {
        eprintln!("{}:{}: {}: the program ends there", input.name, ends.line, ends.why);
    }
    out.write_all(exported.text.as_bytes())?;
    Ok(())
}

/// The scenario as a C program; its machine is the base.
pub(crate) fn to_c(input: &Input) -> Result<export::Exported, Failure> {
    let program = input.program()?;
    let setup = program.setup(None, &[]).map_err(|error| Failure::BadInput(input.tell(error)))?;
    export::to_c(&input.text, &setup.config)
        .map_err(|diagnostics| Failure::BadInput(diagnostics.render(&input.text, &input.name)))
}
