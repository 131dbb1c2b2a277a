//! Mistakes in a script: what, where, what was expected, what would be right.
//! Not here: finding them (`parser`, `validate`, the runner).

use crate::span::{LineIndex, Span};
use std::fmt::Write as _;
use std::ops::{Deref, DerefMut};
use vmcore::sorted::sort_by_key;

/// How many diagnostics are kept; of the others only the number is told.
pub const MAX_DIAGNOSTICS: usize = 100;

/// Beyond this many the collecting itself stops, so that memory stays in proportion.
const MAX_COLLECTED: usize = 1000;

/// Longest message.
const MAX_MESSAGE_BYTES: usize = 400;

/// Widest piece of a source line that is shown.
const SHOWN_CHARS: usize = 120;

/// Does it stop the script from running?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The script cannot run.
    Error,
    /// It can, but probably does not say what was meant.
    Warning,
}

impl Severity {
    /// The word in front of the message.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A second place that helps to understand the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be seen there.
    pub text: String,
}

/// One mistake. It is boxed, so that whatever may fail hands on a pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic(Box<Mistake>);

/// What a [`Diagnostic`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The text that is wrong.
    pub span: Span,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong: one sentence, without a full stop.
    pub message: String,
    /// What would be right here.
    pub expected: Option<String>,
    /// What to do, or the name that was probably meant.
    pub help: Option<String>,
    /// Other places that matter.
    pub labels: Vec<Label>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        let message = shortened(message.into());
        let severity = Severity::Error;
        Diagnostic(Box::new(Mistake { span, severity, message, expected: None, help: None, labels: Vec::new() }))
    }

    /// A warning at `span`.
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        let mut warning = Diagnostic::error(span, message);
        warning.severity = Severity::Warning;
        warning
    }

    /// Adds what was expected.
    #[must_use]
    pub fn expected(mut self, what: impl Into<String>) -> Self {
        self.expected = Some(shortened(what.into()));
        self
    }

    /// Adds a suggestion, if there is one.
    #[must_use]
    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        if let Some(help) = help.into() {
            self.help = Some(shortened(help));
        }
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: shortened(text.into()) });
        self
    }

    /// The message with its place, the source line and the text underlined, in plain characters.
    ///
    /// ```text
    /// error: unknown constant `MAP_SHARD`
    ///  --> poem.vm:7:34
    ///   |
    /// 7 | A: p = mmap(NULL, 64, PROT_READ, MAP_SHARD, fd, 0)
    ///   |                                  ^^^^^^^^^
    ///   = help: did you mean `MAP_SHARED`?
    /// ```
    pub fn render(&self, index: &LineIndex<'_>, name: &str) -> String {
        let mut out = format!("{}: {}\n", self.severity.word(), self.message);
        let at = index.position(self.span.start as usize);
        let last = self.labels.iter().map(|label| index.line(label.span.start as usize)).max();
        let gutter = last.unwrap_or(0).max(at.line).to_string().len();
        let _ = writeln!(out, "{:gutter$}--> {name}:{}:{}", "", at.line, at.column);
        let _ = writeln!(out, "{:gutter$} |", "");
        write_excerpt(&mut out, index, self.span, '^', "", gutter);
        for label in &self.labels {
            write_excerpt(&mut out, index, label.span, '-', &label.text, gutter);
        }
        if let Some(expected) = &self.expected {
            let _ = writeln!(out, "{:gutter$} = expected: {expected}", "");
        }
        if let Some(help) = &self.help {
            let _ = writeln!(out, "{:gutter$} = help: {help}", "");
        }
        out
    }
}

impl Deref for Diagnostic {
    type Target = Mistake;

    fn deref(&self) -> &Mistake {
        &self.0
    }
}

impl DerefMut for Diagnostic {
    fn deref_mut(&mut self) -> &mut Mistake {
        &mut self.0
    }
}

/// A message may quote the source, of which a single name can be a megabyte long.
fn shortened(mut text: String) -> String {
    if text.len() > MAX_MESSAGE_BYTES {
        let end = (0..=MAX_MESSAGE_BYTES).rev().find(|&at| text.is_char_boundary(at));
        text.truncate(end.unwrap_or(0));
        text.push('…');
    }
    text
}

/// Writes a source line and, under it, the marks; long lines are cut to what surrounds the span.
fn write_excerpt(out: &mut String, index: &LineIndex<'_>, span: Span, mark: char, text: &str, gutter: usize) {
    let at = index.position(span.start as usize);
    let (line, start) = index.text(at.line);
    let first = (at.column - 1).saturating_sub(SHOWN_CHARS / 2);
    let first = if line.len() <= SHOWN_CHARS { 0 } else { first };
    let shown: String = line.chars().skip(first).take(SHOWN_CHARS).map(printable).collect();
    let before = at.column - 1 - first;
    // A mistake may lie in the line's end, which the line's text lacks.
    let end = (span.end as usize).min(start + line.len()).max(span.start as usize);
    let marks = index.position(end).column.saturating_sub(at.column).max(1);
    let marks = marks.min(SHOWN_CHARS.saturating_sub(before).max(1));
    let _ = writeln!(out, "{:gutter$} | {}", at.line, shown.trim_end());
    let underline = mark.to_string().repeat(marks);
    let line = format!("{:gutter$} | {:before$}{underline} {text}", "", "");
    let _ = writeln!(out, "{}", line.trim_end());
}

/// One column for one character: control characters would shift or reorder what is shown.
fn printable(c: char) -> char {
    let reorders = matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || reorders { ' ' } else { c }
}

/// The mistakes of one run, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    more: usize,
    errors: usize,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        if self.list.len() < MAX_COLLECTED {
            self.list.push(diagnostic);
        } else {
            self.more += 1;
        }
    }

    /// Are there so many that further ones are only counted?
    pub fn is_full(&self) -> bool {
        self.list.len() >= MAX_COLLECTED
    }

    /// Sorts by position and keeps the first [`MAX_DIAGNOSTICS`].
    pub fn finish(&mut self) {
        let mut order: Vec<usize> = (0..self.list.len()).collect();
        sort_by_key(&mut order, |&at| {
            let d = &self.list[at];
            (d.span.start, d.span.end, d.severity)
        });
        let mut list: Vec<Option<Diagnostic>> = std::mem::take(&mut self.list).into_iter().map(Some).collect();
        self.list = order.into_iter().filter_map(|at| list[at].take()).collect();
        self.more += self.list.len().saturating_sub(MAX_DIAGNOSTICS);
        self.list.truncate(MAX_DIAGNOSTICS);
    }

    /// The diagnostics.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many there are beyond those kept.
    pub fn more(&self) -> usize {
        self.more
    }

    /// Is there nothing to say?
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Does anything stop the script from running?
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// All of them as plain text, `name` being what the source is called.
    pub fn render(&self, source: &str, name: &str) -> String {
        let index = LineIndex::new(source);
        let mut out = String::new();
        for diagnostic in &self.list {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&diagnostic.render(&index, name));
        }
        if self.more > 0 {
            let _ = writeln!(out, "\n… and {} more", self.more);
        }
        out
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        let mut all = Diagnostics::default();
        all.push(diagnostic);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_points_at_its_text() {
        let source = "title \"x\"\nA: p = mmap(MAP_SHARD)\n";
        let start = source.find("MAP_SHARD").expect("it is there");
        let diagnostic = Diagnostic::error(Span::new(start, start + 9), "unknown constant")
            .expected("a flag")
            .help("did you mean `MAP_SHARED`?".to_string())
            .label(Span::new(0, 5), "here");
        let text = diagnostic.render(&LineIndex::new(source), "s.vm");
        assert_eq!(
            text,
            "error: unknown constant\n --> s.vm:2:13\n  |\n2 | A: p = mmap(MAP_SHARD)\n  |             ^^^^^^^^^\n1 | title \"x\"\n  | ----- here\n  = expected: a flag\n  = help: did you mean `MAP_SHARED`?\n"
        );
    }

    #[test]
    fn a_very_long_line_is_cut() {
        let source = "x".repeat(100_000);
        let diagnostic = Diagnostic::error(Span::new(50_000, 100_000), "long");
        let text = diagnostic.render(&LineIndex::new(&source), "s.vm");
        assert!(text.len() < 600, "{}", text.len());
    }

    #[test]
    fn only_so_many_are_kept() {
        let mut all = Diagnostics::default();
        for at in (0..5000).rev() {
            all.push(Diagnostic::error(Span::new(at, at), "x"));
        }
        all.finish();
        assert_eq!(all.iter().count(), MAX_DIAGNOSTICS);
        assert_eq!(all.more(), 4900);
        assert!(all.iter().is_sorted_by_key(|d| d.span));
    }
}
