//! What an editor colours: the class of each token, from the tokens alone, so that it works on
//! text that does not parse.

use super::{Token, TokenKind, lex};
use crate::vocabulary;
use std::ops::Range;

/// What a piece of text is, to the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenClass {
    /// A comment.
    Comment,
    /// A word of the language.
    Keyword,
    /// A process, before its colon.
    Process,
    /// A call, before its parenthesis.
    Call,
    /// A constant of C.
    Constant,
    /// A number or a character.
    Number,
    /// A string.
    String,
    /// Any other name.
    Name,
    /// Signs.
    Operator,
    /// What cannot be right.
    Invalid,
}

/// The classes of the tokens of `source` in order; blanks belong to none.
pub fn highlight(source: &str) -> Vec<(Range<usize>, TokenClass)> {
    let tokens = lex(source);
    let mut first = true;
    let mut classes = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map_or(TokenKind::End, |token| token.kind);
        match token.kind {
            TokenKind::Newline | TokenKind::End => {}
            kind => classes.push((token.span.range(), class(source, *token, kind, next, first))),
        }
        first = match token.kind {
            TokenKind::Newline | TokenKind::Semicolon | TokenKind::LeftBrace => true,
            TokenKind::RightBrace => true,
            TokenKind::Comment => first,
            _ => false,
        };
    }
    classes
}

fn class(source: &str, token: Token, kind: TokenKind, next: TokenKind, first: bool) -> TokenClass {
    match kind {
        TokenKind::Comment => TokenClass::Comment,
        TokenKind::Int | TokenKind::Decimal | TokenKind::Char => TokenClass::Number,
        TokenKind::Str => TokenClass::String,
        TokenKind::Unterminated | TokenKind::Unknown => TokenClass::Invalid,
        TokenKind::Name => name_class(&source[token.span.range()], next, first),
        _ => TokenClass::Operator,
    }
}

fn name_class(word: &str, next: TokenKind, first: bool) -> TokenClass {
    if next == TokenKind::Colon {
        TokenClass::Process
    } else if next == TokenKind::LeftParen {
        TokenClass::Call
    } else if vocabulary::constant(word).is_some() || vocabulary::BUILT_IN.contains(&word) {
        TokenClass::Constant
    } else if (first && vocabulary::directive(word).is_some()) || vocabulary::CONTEXT_WORDS.contains(&word) {
        TokenClass::Keyword
    } else {
        TokenClass::Name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_a_line() {
        let source = "for i in 0..3 { A: p = mmap(NULL, 'x') } # c";
        let classes: Vec<_> = highlight(source).into_iter().map(|(range, class)| (&source[range], class)).collect();
        for expected in [
            ("for", TokenClass::Keyword),
            ("in", TokenClass::Keyword),
            ("i", TokenClass::Name),
            ("A", TokenClass::Process),
            ("mmap", TokenClass::Call),
            ("NULL", TokenClass::Constant),
            ("'x'", TokenClass::Number),
            ("# c", TokenClass::Comment),
        ] {
            assert!(classes.contains(&expected), "{expected:?} in {classes:?}");
        }
    }
}
