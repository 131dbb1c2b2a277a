//! `pagelab import`: scenarios from other programs' problems and traces, on standard output.

mod ostep;

use crate::Failure;
use clap::{Args, Subcommand};
use script::import::{ImportError, Imported, lackey, maps, refs, strace};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// What is imported.
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    from: From,
}

#[derive(Subcommand)]
enum From {
    /// A reference string: page numbers, with blanks, commas or line ends between them.
    Refs {
        /// The string; `-` is standard input.
        file: PathBuf,
    },
    /// A trace of `valgrind --tool=lackey --trace-mem=yes`.
    Lackey {
        /// The trace; `-` is standard input.
        file: PathBuf,
    },
    /// A trace of `strace` (with `-f`, if you like): the calls on files and memory.
    Strace {
        /// The trace; `-` is standard input.
        file: PathBuf,
    },
    /// The mappings of a process, as in `/proc/PID/maps`.
    Maps {
        /// The mappings; `-` is standard input.
        file: PathBuf,
    },
    /// The very problem that a program of "Operating Systems: Three Easy Pieces" makes from a seed.
    Ostep(ostep::Options),
}

/// Prints the scenario.
pub(crate) fn import(options: &Options, out: &mut impl Write) -> Result<(), Failure> {
    let text = match &options.from {
        From::Refs { file } => trace(file, refs::scenario)?,
        From::Lackey { file } => trace(file, lackey::scenario)?,
        From::Maps { file } => trace(file, maps::scenario)?,
        From::Strace { file } => trace(file, strace::scenario)?,
        From::Ostep(options) => ostep::scenario(options).map_err(Failure::BadInput)?,
    };
    out.write_all(text.as_bytes())?;
    Ok(())
}

/// Reads a trace; what of it is left out goes to standard error.
fn trace(path: &Path, read: fn(&mut dyn BufRead) -> Result<Imported, ImportError>) -> Result<String, Failure> {
    let name = if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() };
    let imported = match path == Path::new("-") {
        true => read(&mut std::io::stdin().lock()),
        false => {
            let file = std::fs::File::open(path).map_err(|error| Failure::BadInput(format!("{name}: {error}")))?;
            read(&mut std::io::BufReader::new(file))
        }
    };
    let imported = imported.map_err(|error| Failure::BadInput(format!("{name}:{error}")))?;
    if let Some(left_out) = &imported.left_out {
        eprintln!("{name}: left out: {left_out}");
    }
    Ok(imported.text)
}
