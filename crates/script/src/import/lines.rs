//! Lines of other programs' output, read one at a time in bounded memory.

use std::io::{BufRead, Read};

/// Of longer lines only this much is read.
const MAX_LINE_BYTES: u64 = 1 << 14;

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.line, self.message)
    }
}

impl std::error::Error for ImportError {}

/// The lines of a reader; bytes that are no UTF-8 are replaced.
pub(super) struct Lines<'r> {
    from: &'r mut dyn BufRead,
    /// The number of the line read last, from 1.
    pub(super) number: usize,
}

impl<'r> Lines<'r> {
    pub(super) fn new(from: &'r mut dyn BufRead) -> Self {
        Self { from, number: 0 }
    }

    /// The next line without its end; `None` at the end of the input.
    pub(super) fn next(&mut self) -> Result<Option<String>, ImportError> {
        let mut bytes = Vec::new();
        self.number += 1;
        let failed = |error: std::io::Error, line| ImportError { line, message: error.to_string() };
        let line = self.number;
        let mut limited = Read::take(&mut *self.from, MAX_LINE_BYTES);
        if limited.read_until(b'\n', &mut bytes).map_err(|error| failed(error, line))? == 0 {
            return Ok(None);
        }
        if bytes.last() != Some(&b'\n') && limited.limit() == 0 {
            skip_line(self.from).map_err(|error| failed(error, line))?;
        }
        let text = String::from_utf8_lossy(&bytes);
        Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()))
    }

    /// A mistake in the line read last.
    pub(super) fn wrong(&self, message: impl Into<String>) -> ImportError {
        ImportError { line: self.number, message: message.into() }
    }
}

/// Reads on to the end of the line, and keeps nothing.
fn skip_line(from: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let buffer = from.fill_buf()?;
        let (used, done) = match buffer.iter().position(|&byte| byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        from.consume(used);
        if done {
            return Ok(());
        }
    }
}

/// At most the first characters of a text, to show what is wrong.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_take_little_memory() {
        let text = format!("{}\nshort\r\n\nlast", "x".repeat(100_000));
        let mut reader = std::io::BufReader::with_capacity(64, text.as_bytes());
        let mut lines = Lines::new(&mut reader);
        let mut all = Vec::new();
        while let Some(line) = lines.next().expect("readable") {
            all.push(line);
        }
        assert_eq!(all[0].len() as u64, MAX_LINE_BYTES);
        assert_eq!(all[1..], ["short", "", "last"]);
    }
}
