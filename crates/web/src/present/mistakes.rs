//! What is wrong with a text, with places that people can read.

use script::{Diagnostic, Diagnostics, LineIndex, Severity};
use std::ops::Range;

/// One mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// Whether it keeps the script from running.
    pub is_error: bool,
    /// Line and column, from 1.
    pub place: (usize, usize),
    /// The bytes of the text that are wrong.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What was expected, and what would help.
    pub hints: Vec<String>,
}

/// All that is wrong with a text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MistakesView {
    /// In the order of the text.
    pub mistakes: Vec<Mistake>,
    /// How many more there are.
    pub more: usize,
}

impl MistakesView {
    /// Mistakes that keep the script from running.
    pub fn errors(&self) -> usize {
        self.mistakes.iter().filter(|mistake| mistake.is_error).count() + self.more
    }
}

/// What is wrong with `text`.
pub fn mistakes(text: &str, diagnostics: &Diagnostics) -> MistakesView {
    if diagnostics.is_empty() {
        return MistakesView::default();
    }
    let index = LineIndex::new(text);
    let mistakes = diagnostics.iter().map(|diagnostic| mistake(&index, text.len(), diagnostic)).collect();
    MistakesView { mistakes, more: diagnostics.more() }
}

fn mistake(index: &LineIndex, len: usize, diagnostic: &Diagnostic) -> Mistake {
    let start = (diagnostic.span.start as usize).min(len);
    let at = index.position(start);
    let expected = diagnostic.expected.iter().map(|expected| format!("expected {expected}"));
    let labels = diagnostic.labels.iter().map(|label| {
        let line = index.line(label.span.start as usize);
        format!("line {line}: {}", label.text)
    });
    Mistake {
        is_error: diagnostic.severity == Severity::Error,
        place: (at.line, at.column),
        range: start..(diagnostic.span.end as usize).min(len),
        message: diagnostic.message.clone(),
        hints: expected.chain(diagnostic.help.iter().cloned()).chain(labels).collect(),
    }
}
