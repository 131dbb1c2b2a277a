//! What is said while things happen: headlines, notes, and how far a long build has come.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

/// How often a long build says something where no terminal shows cargo's own bar.
const PULSE: Duration = Duration::from_secs(15);

/// A headline before a piece of work.
pub(crate) fn headline(text: &str) {
    eprintln!("{}", styled("1;36", &format!("==> {text}")));
}

/// A line about what was decided or found.
pub(crate) fn note(text: &str) {
    eprintln!("    {text}");
}

/// An error with its causes, one a line.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("{} {error}", styled("1;31", "error:"));
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

/// A duration as people say it: `8.4 s`, `3 min 5 s`.
pub(crate) fn spoken(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 59.95 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {} s", whole / 60, whole % 60)
    }
}

fn styled(style: &str, text: &str) -> String {
    if io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()) {
        format!("\u{1b}[{style}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Tells every now and then how far a cargo build has come, from the lines that cargo prints.
#[derive(Debug)]
pub(crate) struct BuildPulse {
    of: String,
    compiled: usize,
    started: Instant,
    told: Instant,
    tail: Vec<String>,
}

impl BuildPulse {
    /// The last lines of output that are kept, for the case that the build fails.
    const TAIL: usize = 30;

    /// Starts the clock of the build of this name: several may be under way at once.
    pub(crate) fn start(of: &str) -> BuildPulse {
        let now = Instant::now();
        BuildPulse { of: of.to_owned(), compiled: 0, started: now, told: now, tail: Vec::new() }
    }

    /// Takes one line of cargo's output.
    pub(crate) fn line(&mut self, line: &str) {
        if line.trim_start().starts_with("Compiling ") {
            self.compiled += 1;
        }
        if self.tail.len() == Self::TAIL {
            self.tail.remove(0);
        }
        self.tail.push(line.to_owned());
        if self.told.elapsed() >= PULSE {
            self.told = Instant::now();
            note(&format!("{}: {} crates so far, {}", self.of, self.compiled, spoken(self.started.elapsed())));
        }
    }

    /// The last lines that were seen.
    pub(crate) fn tail(&self) -> String {
        self.tail.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spoken() {
        assert_eq!(spoken(Duration::from_millis(8_440)), "8.4 s");
        assert_eq!(spoken(Duration::from_millis(59_960)), "1 min 0 s");
        assert_eq!(spoken(Duration::from_secs(185)), "3 min 5 s");
    }

    #[test]
    fn a_pulse_counts_crates_and_keeps_the_last_lines() {
        let mut pulse = BuildPulse::start("a tool");
        pulse.line("   Compiling serde v1.0.229");
        for number in 0..40 {
            pulse.line(&format!("error {number}"));
        }
        assert_eq!(pulse.compiled, 1);
        assert_eq!(pulse.tail().lines().count(), BuildPulse::TAIL);
        assert!(pulse.tail().ends_with("error 39"));
    }
}
