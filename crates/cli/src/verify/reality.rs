//! The exported program, compiled and run on this system.

use super::Row;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The program is stopped after so long: it has at most ten thousand steps.
const PATIENCE: Duration = Duration::from_secs(120);
/// Of its output no more is read.
const MAX_OUTPUT_BYTES: u64 = 64 << 20;

/// What the program printed.
#[derive(Debug, Default)]
pub(super) struct Reality {
    pub(super) rows: Vec<Row>,
    /// What it says about this system.
    pub(super) notes: Vec<String>,
    /// Did it come to its end?
    pub(super) finished: bool,
}

/// Compiles and runs it in a folder of its own, which is removed. `places` says where mappings go whose place is left
/// to the kernel: `STEP:ADDRESS` in hexadecimal, with commas between.
pub(super) fn run(source: &str, places: &str) -> Result<Reality, String> {
    let folder = tempfile::Builder::new().prefix("pagelab-verify-").tempdir();
    let folder = folder.map_err(|error| format!("no temporary folder: {error}"))?;
    compile(source, folder.path())?;
    let child = Command::new(folder.path().join("scenario"))
        .env("TMPDIR", folder.path())
        .env("PAGELAB_PLACES", places)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let child = child.map_err(|error| format!("the exported program does not start: {error}"))?;
    let (output, complaints) = watch(child)?;
    let reality = parse(&output)?;
    match reality.finished {
        true => Ok(reality),
        false => Err(format!(
            "the exported program stopped after {} steps: {}",
            reality.rows.len(),
            if complaints.trim().is_empty() { "it gave no reason" } else { complaints.trim() }
        )),
    }
}

/// The system's compiler, or the one that `CC` names.
fn compile(source: &str, folder: &Path) -> Result<(), String> {
    let (from, to) = (folder.join("scenario.c"), folder.join("scenario"));
    std::fs::write(&from, source).map_err(|error| format!("{}: {error}", from.display()))?;
    let compiler = std::env::var_os("CC").filter(|name| !name.is_empty()).unwrap_or_else(|| "cc".into());
    let name = compiler.to_string_lossy().into_owned();
    let output = Command::new(compiler).args(["-std=gnu11", "-O1", "-o"]).arg(&to).arg(&from).output();
    let output = output.map_err(|error| format!("no C compiler: `{name}`: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("`{name}` refuses the exported program:\n{}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// Its output and its complaints, or why it had to be stopped.
fn watch(mut child: Child) -> Result<(String, String), String> {
    let (done, ended) = mpsc::channel();
    let mut pipes = (child.stdout.take(), child.stderr.take());
    let reader = std::thread::spawn(move || {
        let read = |pipe: Option<&mut dyn Read>| {
            let mut bytes = Vec::new();
            // What cannot be read is missing, and the program then has not come to its end.
            let _ = pipe.map(|pipe| pipe.take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes));
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let output = read(pipes.0.as_mut().map(|pipe| pipe as &mut dyn Read));
        let complaints = read(pipes.1.as_mut().map(|pipe| pipe as &mut dyn Read));
        // Nobody listens any more if it took too long.
        let _ = done.send((output, complaints));
    });
    let result = ended.recv_timeout(PATIENCE);
    if result.is_err() {
        child.kill().map_err(|error| error.to_string())?;
    }
    child.wait().map_err(|error| error.to_string())?;
    match result {
        Ok(both) => {
            reader.join().map_err(|_| "its output could not be read".to_owned())?;
            Ok(both)
        }
        Err(_) => Err(format!("the exported program was stopped after {} seconds", PATIENCE.as_secs())),
    }
}

/// Reads `n | process | outcome | minor | major | step` lines, and notes after `#`.
fn parse(output: &str) -> Result<Reality, String> {
    let mut reality = Reality::default();
    for line in output.lines() {
        if let Some(note) = line.strip_prefix('#') {
            match note.trim() {
                "end" => reality.finished = true,
                note if note.starts_with("n |") => {}
                note => reality.notes.push(note.to_owned()),
            }
            continue;
        }
        reality.rows.push(row(line).ok_or_else(|| format!("the exported program printed `{line}`"))?);
    }
    Ok(reality)
}

fn row(line: &str) -> Option<Row> {
    let mut parts = line.splitn(6, " | ").map(str::trim);
    let mut part = || parts.next();
    let (number, process, outcome) = (part()?.parse().ok()?, part()?.to_owned(), part()?.to_owned());
    let (minor, major) = (part()?.parse().ok(), part()?.parse().ok());
    Some(Row { number, process, text: part()?.to_owned(), outcome, faults: minor.zip(major) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let text = "# the files are on tmpfs\n#  n | process | …\n   3 | A      | value 65 'A'   |     0 |     1 | p[0 | 1]\n   4 \
                    | A | ok | - | - | exit()\n# end\n";
        let reality = parse(text).expect("well-formed");
        assert_eq!((reality.finished, reality.notes.len()), (true, 1));
        assert_eq!(reality.rows[0].text, "p[0 | 1]");
        assert_eq!((reality.rows[0].faults, reality.rows[1].faults), (Some((0, 1)), None));
        assert!(parse("nonsense").is_err());
    }
}
