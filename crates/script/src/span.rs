//! Places in a source text: byte ranges, and lines and columns for people.
//! Not here: how a place is shown (`diagnostic`).

use std::ops::Range;

/// A half-open range of byte offsets into the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`; an end before the start is moved up to it.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let start = clamp(start);
        Span { start, end: clamp(end).max(start) }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span just behind this one.
    pub fn after(self) -> Span {
        Span { start: self.end, end: self.end }
    }

    /// As a range to slice the source with.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A thing and where it was written. Two of them are equal if the things are: equality is about
/// what a script says, not about where in the text it says it.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// What was written.
    pub node: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `node`, written at `span`.
    pub fn new(node: T, span: Span) -> Self {
        Spanned { node, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T: Eq> Eq for Spanned<T> {}

/// A place as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Where the lines of one source begin.
#[derive(Clone, Debug)]
pub struct LineIndex<'s> {
    source: &'s str,
    starts: Vec<usize>,
}

impl<'s> LineIndex<'s> {
    /// Reads through `source` once.
    pub fn new(source: &'s str) -> Self {
        let breaks = source.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        LineIndex { source, starts }
    }

    /// The line number, from 1, that holds byte `offset`.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).max(1)
    }

    /// Line and column of byte `offset`; offsets beyond the end mean the end, offsets inside a
    /// character the character.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.source.len());
        let line = self.line(offset);
        let before = &self.source.as_bytes()[self.starts[line - 1]..offset];
        // Continuation bytes of UTF-8 do not begin a character.
        let columns = before.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        let inside = !self.source.is_char_boundary(offset);
        Position { line, column: columns + usize::from(!inside).max(usize::from(columns == 0)) }
    }

    /// The text of line `line` (from 1) without its line end, and the offset it begins at.
    pub fn text(&self, line: usize) -> (&'s str, usize) {
        let start = self.starts.get(line - 1).copied().unwrap_or(self.source.len());
        let end = self.starts.get(line).map_or(self.source.len(), |&next| next - 1);
        (self.source[start..end].trim_end_matches('\r'), start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let index = LineIndex::new("a\näöb\n");
        assert_eq!(index.position(0), Position { line: 1, column: 1 });
        assert_eq!(index.position(2), Position { line: 2, column: 1 });
        assert_eq!(index.position(3), Position { line: 2, column: 1 }, "inside the ä");
        assert_eq!(index.position(4), Position { line: 2, column: 2 });
        assert_eq!(index.position(6), Position { line: 2, column: 3 });
        assert_eq!(index.position(999), Position { line: 3, column: 1 });
        assert_eq!(index.text(2), ("äöb", 2));
    }

    #[test]
    fn an_empty_source_has_one_line() {
        let index = LineIndex::new("");
        assert_eq!(index.position(0), Position { line: 1, column: 1 });
        assert_eq!(index.text(1), ("", 0));
    }
}
