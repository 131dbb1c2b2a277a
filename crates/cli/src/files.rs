//! The same done to every file of a command line.

use crate::Failure;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Does `task` to every file, going on after one that fails; says whether all went well. `Ok(false)` is a file of which
/// something does not hold; bad input, told as it comes, outweighs that and ends in `summary`, after how many files there were.
pub(crate) fn each<W: Write>(
    files: &[PathBuf],
    summary: &str,
    out: &mut W,
    mut task: impl FnMut(&Path, &mut W) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut all_hold = true;
    let mut all_read = true;
    for file in files {
        match task(file, out) {
            Ok(holds) => all_hold &= holds,
            Err(Failure::BadInput(message)) => {
                out.flush()?;
                eprintln!("{}", message.trim_end());
                all_read = false;
            }
            Err(failure) => return Err(failure),
        }
    }
    match (all_read, all_hold) {
        (false, _) => Err(Failure::BadInput(format!("{} {summary}", count(files.len(), "file")))),
        (true, false) => Err(Failure::DoesNotHold),
        (true, true) => Ok(()),
    }
}

/// `3 steps`, `1 step`.
pub(crate) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(results: &[Result<bool, Failure>]) -> Result<(), Failure> {
        let files: Vec<PathBuf> = (0..results.len()).map(|at| at.to_string().into()).collect();
        let mut left = results.iter();
        each(&files, "read", &mut Vec::new(), |_, _| match left.next() {
            Some(Ok(holds)) => Ok(*holds),
            _ => Err(Failure::BadInput("line 1: what?".to_owned())),
        })
    }

    #[test]
    fn bad_input_outweighs_what_does_not_hold_and_neither_ends_the_loop() {
        let bad = || Err(Failure::BadInput(String::new()));
        assert_eq!(of(&[Ok(true), Ok(true)]), Ok(()));
        assert_eq!(of(&[Ok(false), Ok(true)]), Err(Failure::DoesNotHold));
        assert_eq!(of(&[bad(), Ok(false), Ok(true)]), Err(Failure::BadInput("3 files read".to_owned())));
        assert_eq!(of(&[Ok(false), bad()]), Err(Failure::BadInput("2 files read".to_owned())));
    }
}
