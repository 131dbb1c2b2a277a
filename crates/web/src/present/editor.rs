//! The text in the editor: its pieces with their classes, and what is wrong with it.

use super::mistakes::{MistakesView, mistakes};
use crate::store::Model;
use script::lexer::{TokenClass, highlight};
use std::ops::Range;
use std::rc::Rc;

/// Longer texts are shown without colours: thousands of pieces would make typing slow.
const MAX_COLOURED_BYTES: usize = 64 << 10;

/// The editor.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EditorView {
    /// The text.
    pub text: Rc<str>,
    /// Its pieces, which cover it in order.
    pub pieces: Vec<Piece>,
    /// What is wrong with it.
    pub mistakes: MistakesView,
    /// Whether it differs from what runs.
    pub edited: bool,
    /// Whether it differs from what it was.
    pub changed: bool,
}

/// A piece of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Its bytes.
    pub range: Range<usize>,
    /// Its class; blanks have none.
    pub class: Option<&'static str>,
    /// Whether there is a mistake in it.
    pub wrong: bool,
}

/// The model's text.
pub fn editor(model: &Model) -> EditorView {
    let mistakes = mistakes(&model.text, &model.mistakes);
    EditorView {
        pieces: pieces(&model.text, &mistakes),
        mistakes,
        edited: model.is_edited(),
        changed: model.text != model.base,
        text: Rc::clone(&model.text),
    }
}

fn pieces(text: &str, mistakes: &MistakesView) -> Vec<Piece> {
    if text.len() > MAX_COLOURED_BYTES {
        return vec![Piece { range: 0..text.len(), class: None, wrong: false }];
    }
    let wrong = |range: &Range<usize>| {
        let meets = |wrong: &Range<usize>| wrong.start < range.end && range.start < wrong.end;
        mistakes.mistakes.iter().any(|mistake| meets(&mistake.range))
    };
    let mut pieces = Vec::new();
    let mut done = 0;
    for (range, class) in highlight(text) {
        if range.start > done {
            pieces.push(Piece { range: done..range.start, class: None, wrong: false });
        }
        done = range.end;
        pieces.push(Piece { class: Some(class_name(class)), wrong: wrong(&range), range });
    }
    if done < text.len() {
        pieces.push(Piece { range: done..text.len(), class: None, wrong: false });
    }
    pieces
}

fn class_name(class: TokenClass) -> &'static str {
    match class {
        TokenClass::Comment => "editor-comment",
        TokenClass::Keyword => "editor-keyword",
        TokenClass::Process => "editor-process",
        TokenClass::Call => "editor-call",
        TokenClass::Constant => "editor-constant",
        TokenClass::Number => "editor-number",
        TokenClass::String => "editor-string",
        TokenClass::Name => "editor-name",
        TokenClass::Operator => "editor-operator",
        TokenClass::Invalid => "editor-invalid",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_cover_the_text() {
        for text in ["", "  ", "A: p[0]  # c\n\n", "title \"ä\"\nA: \u{1F600} oops(", "\"open"] {
            let diagnostics = script::load(text).1;
            let pieces = pieces(text, &mistakes(text, &diagnostics));
            let joined: String = pieces.iter().map(|piece| &text[piece.range.clone()]).collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn a_mistake_marks_its_piece() {
        let text = "A: p = mmap(NULL, 64, PROT_READ, MAP_SHARD, fd, 0)";
        let pieces = pieces(text, &mistakes(text, &script::load(text).1));
        let wrong: Vec<_> = pieces.iter().filter(|piece| piece.wrong).map(|piece| &text[piece.range.clone()]).collect();
        assert!(wrong.contains(&"MAP_SHARD"), "{wrong:?}");
    }
}
