//! Starting other programs: with their output shown as it comes and, where asked, read line by line.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::progress::{self, BuildPulse};

/// How long output is still read after a program has ended. A browser that a test left behind can
/// hold the pipe open for minutes; nobody waits for it.
const GRACE: Duration = Duration::from_secs(2);

/// The program of this name in the folders of `PATH`.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    find_in(name, &env::var_os("PATH")?)
}

/// The program of this name in the folders of a variable such as `PATH`.
pub(crate) fn find_in(name: &str, path: &OsStr) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(path)
        .filter(|folder| !folder.as_os_str().is_empty())
        .map(|folder| folder.join(&file))
        .find(|candidate| is_program(candidate))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// The command as a person would type it, for messages.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a program with its output shown. An exit code other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a cargo build that may take minutes: instead of its output, how far it has come under the name of what is built,
/// and if it fails the end of what it said.
pub(crate) fn build(command: &mut Command, what: &str, limit: Duration) -> Result<()> {
    let mut pulse = BuildPulse::start(what);
    match watch(command, limit, Echo::Hidden, |line| pulse.line(line))? {
        Ending::Exited(status) if status.success() => Ok(()),
        Ending::Exited(status) => bail!("`{}` failed ({status}):\n{}", shown(command), pulse.tail()),
        Ending::TimedOut => bail!("`{}` took longer than {}", shown(command), progress::spoken(limit)),
    }
}

/// What a program prints on its standard output, or nothing if it cannot be started or fails.
pub(crate) fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// How a watched program ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// By itself.
    Exited(ExitStatus),
    /// It ran longer than allowed and was ended.
    TimedOut,
}

/// Whether a watched program's output is also shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Echo {
    /// As it comes.
    Shown,
    /// Only `each_line` gets it.
    Hidden,
}

/// Runs a program, gives every line of its output without colours to `each_line`, and ends it after `limit`.
pub(crate) fn watch(
    command: &mut Command,
    limit: Duration,
    echo: Echo,
    mut each_line: impl FnMut(&str),
) -> Result<Ending> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    let chunks = read_in_threads(&mut child);
    let mut lines = [Lines::default(), Lines::default()];
    let mut until = Instant::now() + limit;
    let mut ending = None;
    loop {
        match chunks.recv_timeout(Duration::from_millis(100)) {
            Ok(Chunk { from, bytes }) => {
                if echo == Echo::Shown {
                    show(from, &bytes);
                }
                lines[from as usize].push(&bytes, &mut each_line);
            }
            // Both pipes are closed: the program is gone, or will be at once.
            Err(RecvTimeoutError::Disconnected) if ending.is_none() => {
                ending = Some(Ending::Exited(child.wait()?));
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if ending.is_none() {
            if let Some(status) = child.try_wait()? {
                ending = Some(Ending::Exited(status));
                until = Instant::now() + GRACE;
            } else if Instant::now() > until {
                child.kill()?;
                child.wait()?;
                ending = Some(Ending::TimedOut);
                until = Instant::now() + GRACE;
            }
        } else if Instant::now() > until {
            break;
        }
    }
    for rest in lines {
        rest.finish(&mut each_line);
    }
    ending.context("a watched program ends by itself or is ended")
}

#[derive(Clone, Copy)]
enum Stream {
    Out,
    Err,
}

struct Chunk {
    from: Stream,
    bytes: Vec<u8>,
}

fn read_in_threads(child: &mut Child) -> mpsc::Receiver<Chunk> {
    let (sender, receiver) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        let sender = sender.clone();
        thread::spawn(move || forward(out, Stream::Out, &sender));
    }
    if let Some(err) = child.stderr.take() {
        thread::spawn(move || forward(err, Stream::Err, &sender));
    }
    receiver
}

fn forward(mut pipe: impl Read, from: Stream, sender: &Sender<Chunk>) {
    let mut buffer = [0; 8192];
    while let Ok(count @ 1..) = pipe.read(&mut buffer) {
        let bytes = buffer[..count].to_vec();
        if sender.send(Chunk { from, bytes }).is_err() {
            return;
        }
    }
}

/// Shows bytes where the program meant them to go. A closed terminal is no reason to stop a test run.
fn show(from: Stream, bytes: &[u8]) {
    let _ = match from {
        Stream::Out => io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()),
        Stream::Err => io::stderr().write_all(bytes).and_then(|()| io::stderr().flush()),
    };
}

/// Puts lines together from chunks that end anywhere.
#[derive(Default)]
struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    fn push(&mut self, bytes: &[u8], each_line: &mut impl FnMut(&str)) {
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            self.rest.extend_from_slice(piece);
            if matches!(self.rest.last(), Some(b'\n' | b'\r')) {
                emit(&std::mem::take(&mut self.rest), each_line);
            }
        }
    }

    fn finish(self, each_line: &mut impl FnMut(&str)) {
        emit(&self.rest, each_line);
    }
}

fn emit(bytes: &[u8], each_line: &mut impl FnMut(&str)) {
    let line = without_colours(&String::from_utf8_lossy(bytes));
    let line = line.trim_end();
    if !line.is_empty() {
        each_line(line);
    }
}

/// Takes out terminal escape sequences of the form `ESC [ ... letter`.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = escape.find(|c: char| ('@'..='~').contains(&c));
        rest = end.map_or("", |end| &escape[end + 1..]);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(chunks: &[&str]) -> Vec<String> {
        let mut seen = Vec::new();
        let mut lines = Lines::default();
        for chunk in chunks {
            lines.push(chunk.as_bytes(), &mut |line: &str| seen.push(line.to_owned()));
        }
        lines.finish(&mut |line: &str| seen.push(line.to_owned()));
        seen
    }

    #[test]
    fn lines_survive_being_cut_anywhere() {
        assert_eq!(lines_of(&["one\ntw", "o\n\nthr", "ee"]), ["one", "two", "three"]);
        assert_eq!(lines_of(&["\u{1b}[1mbold\u{1b}[0m", " end\r\n"]), ["bold end"]);
    }

    #[test]
    fn a_cut_escape_sequence_is_dropped() {
        assert_eq!(without_colours("ok\u{1b}[32"), "ok");
    }

    #[test]
    fn a_command_is_shown_without_its_folder() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["test", "--workspace"]);
        assert_eq!(shown(&command), "cargo test --workspace");
    }

    #[cfg(unix)]
    #[test]
    fn both_streams_and_the_exit_code_arrive() {
        let mut seen = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let ending = watch(&mut command, Duration::from_secs(60), Echo::Hidden, |line| {
            seen.push(line.to_owned());
        });
        assert!(matches!(ending.unwrap(), Ending::Exited(status) if status.code() == Some(3)));
        seen.sort();
        assert_eq!(seen, ["err", "out"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_never_ends_is_ended() {
        let mut command = Command::new("sleep");
        command.arg("600");
        let ending = watch(&mut command, Duration::from_millis(1), Echo::Hidden, |_| {});
        assert!(matches!(ending.unwrap(), Ending::TimedOut));
    }

    #[cfg(unix)]
    #[test]
    fn a_build_that_fails_tells_its_last_lines() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'error: no such crate' >&2; exit 101"]);
        let error = build(&mut command, "a tool", Duration::from_secs(60)).unwrap_err().to_string();
        assert!(error.contains("101") && error.ends_with("error: no such crate"), "{error}");
    }

    #[test]
    fn an_unknown_program_is_named() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(error.to_string().contains("no-such-program-here"), "{error}");
        assert_eq!(find("no-such-program-here"), None);
        assert!(find("cargo").is_some());
    }
}
