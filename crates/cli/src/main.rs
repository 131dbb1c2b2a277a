//! The `pagelab` command: exits 0 when all is well, 1 when what it checked does not hold, 2 on bad usage or bad input.

use pagelab::{Failure, execute};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let result = execute(std::env::args_os(), &mut out);
    // What was found is worth having however the command ends.
    let flushed = out.flush().map_err(Failure::from);
    let result = result.and(flushed);
    match result {
        Ok(()) | Err(Failure::OutputClosed) => ExitCode::SUCCESS,
        Err(Failure::DoesNotHold) => ExitCode::from(1),
        Err(Failure::BadInput(message)) => {
            drop(out);
            eprintln!("{}", message.trim_end());
            ExitCode::from(2)
        }
    }
}
