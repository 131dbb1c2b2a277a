//! Source text to tokens, and the values of literals.
//! Tokens are twelve bytes and hold no text: it is read again where it is used, which keeps memory
//! in proportion. A malformed literal is still a token; whoever consumes it reports it (in
//! `tlb = 64x4` nobody does).
//! Not here: grammar (`parser`).

mod highlight;
mod literal;

pub use highlight::{TokenClass, highlight};
pub use literal::{LiteralError, decimal_value, int_value, string_value};

use crate::span::Span;

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `[A-Za-z_][A-Za-z0-9_]*`
    Name,
    /// What begins with a digit and has no point.
    Int,
    /// Digits, a point, digits.
    Decimal,
    /// `'c'`
    Char,
    /// `"…"`
    Str,
    /// A string or character without its end on the line.
    Unterminated,
    /// `#` to the end of the line
    Comment,
    /// A line end.
    Newline,
    /// `;`
    Semicolon,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `=`
    Equals,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `%`
    Percent,
    /// `|`
    Pipe,
    /// `.`
    Dot,
    /// `..`
    DotDot,
    /// `->`
    Arrow,
    /// A character that the language does not use.
    Unknown,
    /// The end of the source.
    End,
}

impl TokenKind {
    /// As a message names it.
    pub fn describe(self) -> &'static str {
        match self {
            TokenKind::Name => "a name",
            TokenKind::Int => "a number",
            TokenKind::Decimal => "a decimal fraction",
            TokenKind::Char => "a character",
            TokenKind::Str => "a string",
            TokenKind::Unterminated => "a string without its end",
            TokenKind::Comment => "a comment",
            TokenKind::Newline => "the end of the line",
            TokenKind::Semicolon => "`;`",
            TokenKind::LeftParen => "`(`",
            TokenKind::RightParen => "`)`",
            TokenKind::LeftBracket => "`[`",
            TokenKind::RightBracket => "`]`",
            TokenKind::LeftBrace => "`{`",
            TokenKind::RightBrace => "`}`",
            TokenKind::Comma => "`,`",
            TokenKind::Colon => "`:`",
            TokenKind::Equals => "`=`",
            TokenKind::Plus => "`+`",
            TokenKind::Minus => "`-`",
            TokenKind::Star => "`*`",
            TokenKind::Slash => "`/`",
            TokenKind::Percent => "`%`",
            TokenKind::Pipe => "`|`",
            TokenKind::Dot => "`.`",
            TokenKind::DotDot => "`..`",
            TokenKind::Arrow => "`->`",
            TokenKind::Unknown => "a character that means nothing here",
            TokenKind::End => "the end of the script",
        }
    }
}

/// A token and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
}

/// All tokens of `source`, comments and line ends among them, [`TokenKind::End`] last. Every byte
/// that is not blank lies in exactly one token.
pub fn lex(source: &str) -> Vec<Token> {
    let bytes = source.as_bytes();
    let mut tokens = Vec::new();
    let mut at = if source.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    while let Some(&byte) = bytes.get(at) {
        if matches!(byte, b' ' | b'\t' | b'\r') {
            at += 1;
            continue;
        }
        let (kind, len) = token_at(source, at);
        tokens.push(Token { kind, span: Span::new(at, at + len) });
        at += len;
    }
    tokens.push(Token { kind: TokenKind::End, span: Span::new(at, at) });
    tokens
}

/// The token that begins at `at`, where there is no blank: its kind and length.
fn token_at(source: &str, at: usize) -> (TokenKind, usize) {
    let rest = &source.as_bytes()[at..];
    let next = rest.get(1).copied();
    let one = |kind| (kind, 1);
    match rest[0] {
        b'\n' => one(TokenKind::Newline),
        b';' => one(TokenKind::Semicolon),
        b'#' => (TokenKind::Comment, length_while(rest, |b| b != b'\n')),
        b'"' | b'\'' => quoted(rest),
        b'0'..=b'9' => number(rest),
        b'A'..=b'Z' | b'a'..=b'z' | b'_' => (TokenKind::Name, length_while(rest, is_word)),
        b'(' => one(TokenKind::LeftParen),
        b')' => one(TokenKind::RightParen),
        b'[' => one(TokenKind::LeftBracket),
        b']' => one(TokenKind::RightBracket),
        b'{' => one(TokenKind::LeftBrace),
        b'}' => one(TokenKind::RightBrace),
        b',' => one(TokenKind::Comma),
        b':' => one(TokenKind::Colon),
        b'=' => one(TokenKind::Equals),
        b'+' => one(TokenKind::Plus),
        b'-' if next == Some(b'>') => (TokenKind::Arrow, 2),
        b'-' => one(TokenKind::Minus),
        b'*' => one(TokenKind::Star),
        b'/' => one(TokenKind::Slash),
        b'%' => one(TokenKind::Percent),
        b'|' => one(TokenKind::Pipe),
        b'.' if next == Some(b'.') => (TokenKind::DotDot, 2),
        b'.' => one(TokenKind::Dot),
        _ => (TokenKind::Unknown, source[at..].chars().next().map_or(1, char::len_utf8)),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn length_while(bytes: &[u8], keep: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| !keep(byte)).unwrap_or(bytes.len())
}

/// `"…"` or `'…'`, up to the closing quote or the end of the line.
fn quoted(rest: &[u8]) -> (TokenKind, usize) {
    let quote = rest[0];
    let kind = if quote == b'"' { TokenKind::Str } else { TokenKind::Char };
    let mut at = 1;
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\n' => break,
            b'\\' if rest.get(at + 1).is_some_and(|&next| next != b'\n') => at += 2,
            _ if byte == quote => return (kind, at + 1),
            _ => at += 1,
        }
    }
    (TokenKind::Unterminated, at.min(rest.len()))
}

/// Digits with whatever letters follow; a point makes it a decimal fraction if a digit follows.
fn number(rest: &[u8]) -> (TokenKind, usize) {
    let whole = length_while(rest, is_word);
    let fraction = rest.get(whole) == Some(&b'.')
        && rest.get(whole + 1).is_some_and(u8::is_ascii_digit)
        && rest[..whole].iter().all(u8::is_ascii_digit);
    if !fraction {
        return (TokenKind::Int, whole);
    }
    (TokenKind::Decimal, whole + 1 + length_while(&rest[whole + 1..], is_word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind::*;

    fn kinds(source: &str) -> Vec<TokenKind> {
        lex(source).into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn tokens_of_a_step() {
        assert_eq!(
            kinds("A: p[0x10..2] = \"a\\\"b\" # c\n"),
            [Name, Colon, Name, LeftBracket, Int, DotDot, Int, RightBracket, Equals, Str, Comment, Newline, End]
        );
    }

    #[test]
    fn points_and_arrows() {
        assert_eq!(kinds("0..4"), [Int, DotDot, Int, End]);
        assert_eq!(kinds("2.33"), [Decimal, End]);
        assert_eq!(kinds("64x4"), [Int, End]);
        assert_eq!(kinds("2->3 r-x"), [Int, Arrow, Int, Name, Minus, Name, End]);
        assert_eq!(kinds("cost.walk"), [Name, Dot, Name, End]);
    }

    #[test]
    fn broken_text_is_still_tokens() {
        assert_eq!(kinds("\"abc\n'"), [Unterminated, Newline, Unterminated, End]);
        assert_eq!(kinds("\"abc\\"), [Unterminated, End]);
        assert_eq!(kinds("é €"), [Unknown, Unknown, End]);
        assert_eq!(kinds("\u{FEFF}x"), [Name, End]);
    }
}
