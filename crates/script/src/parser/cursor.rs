//! The place in the tokens. Comments are put aside as they are passed; inside `( )` and `[ ]` line
//! ends are passed too.

use crate::ast::{Name, Trivia};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lexer::{LiteralError, Token, TokenKind, lex};
use crate::span::{Span, Spanned};
use crate::suggest::nearest;

/// A mistake that has been reported; the statement is given up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed;

pub(super) type Parse<T> = Result<T, Failed>;

pub(super) struct Cursor<'s> {
    source: &'s str,
    tokens: Vec<Token>,
    at: usize,
    /// The last token that was consumed.
    last: Span,
    /// How many `(` and `[` are open: line ends mean nothing inside.
    brackets: usize,
    /// How many blocks are open.
    pub(super) blocks: usize,
    /// How many expressions are open.
    pub(super) exprs: usize,
    /// Comments passed inside brackets; they go in front of the statement.
    inner: Vec<Trivia>,
    diagnostics: Diagnostics,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Cursor {
            source,
            tokens: lex(source),
            at: 0,
            last: Span::new(0, 0),
            brackets: 0,
            blocks: 0,
            exprs: 0,
            inner: Vec::new(),
            diagnostics: Diagnostics::default(),
        }
    }

    pub(super) fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics
    }

    /// The next token.
    pub(super) fn peek(&mut self) -> Token {
        while self.brackets > 0 {
            match self.tokens[self.at].kind {
                TokenKind::Newline => {}
                TokenKind::Comment => {
                    let comment = self.comment_text(self.tokens[self.at]);
                    self.inner.push(Trivia::Comment(comment));
                }
                _ => break,
            }
            self.at += 1;
        }
        self.tokens[self.at]
    }

    pub(super) fn kind(&mut self) -> TokenKind {
        self.peek().kind
    }

    /// The kind of the token after the next.
    pub(super) fn second(&mut self) -> TokenKind {
        self.peek();
        self.tokens.get(self.at + 1).map_or(TokenKind::End, |token| token.kind)
    }

    /// Consumes the next token; the end stays.
    pub(super) fn bump(&mut self) -> Token {
        let token = self.peek();
        match token.kind {
            TokenKind::LeftParen | TokenKind::LeftBracket => self.brackets += 1,
            TokenKind::RightParen | TokenKind::RightBracket => {
                self.brackets = self.brackets.saturating_sub(1);
            }
            _ => {}
        }
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        if !matches!(token.kind, TokenKind::Newline | TokenKind::Comment) {
            self.last = token.span;
        }
        token
    }

    pub(super) fn eat(&mut self, kind: TokenKind) -> Option<Token> {
        (self.kind() == kind).then(|| self.bump())
    }

    /// Consumes a token of that kind, or reports that `what` was expected.
    pub(super) fn require(&mut self, kind: TokenKind, what: &str) -> Parse<Token> {
        match self.eat(kind) {
            Some(token) => Ok(token),
            None => Err(self.unexpected(what)),
        }
    }

    pub(super) fn text(&self, span: Span) -> &'s str {
        &self.source[span.range()]
    }

    /// The text of a span that may reach beyond the end or into a character.
    pub(super) fn slice(&self, span: Span) -> Option<&'s str> {
        self.source.get(span.range())
    }

    pub(super) fn comment_text(&self, token: Token) -> String {
        let text = self.text(token.span);
        text.strip_prefix('#').unwrap_or(text).trim_end().to_string()
    }

    /// Comments that were passed inside brackets since this was last asked.
    pub(super) fn take_inner(&mut self) -> Vec<Trivia> {
        std::mem::take(&mut self.inner)
    }

    /// The next token if it is a name, not consumed.
    pub(super) fn word(&mut self) -> Option<&'s str> {
        let token = self.peek();
        (token.kind == TokenKind::Name).then(|| self.text(token.span))
    }

    /// Consumes the next token if it is the name `word`.
    pub(super) fn eat_word(&mut self, word: &str) -> Option<Token> {
        (self.word() == Some(word)).then(|| self.bump())
    }

    pub(super) fn name(&mut self, what: &str) -> Parse<Name> {
        let token = self.require(TokenKind::Name, what)?;
        Ok(Spanned::new(self.text(token.span).to_string(), token.span))
    }

    /// Where the last consumed token is.
    pub(super) fn last_span(&self) -> Span {
        self.last
    }

    /// The known name nearest to `word`; none once there are so many mistakes that suggestions are not worth the time.
    pub(super) fn nearest<'n>(&self, word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        if self.diagnostics.is_full() { None } else { nearest(word, names) }
    }

    /// [`Self::nearest`] as a question.
    pub(super) fn did_you_mean<'n>(&self, word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
        self.nearest(word, names).map(|name| format!("did you mean `{name}`?"))
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) -> Failed {
        self.diagnostics.push(diagnostic);
        Failed
    }

    pub(super) fn error(&mut self, span: Span, message: impl Into<String>) -> Failed {
        self.report(Diagnostic::error(span, message))
    }

    /// Reports that the next token is not `what` was expected.
    pub(super) fn unexpected(&mut self, what: &str) -> Failed {
        let diagnostic = self.unexpected_diagnostic(what);
        self.report(diagnostic)
    }

    /// What [`Self::unexpected`] reports, to be added to.
    pub(super) fn unexpected_diagnostic(&mut self, what: &str) -> Diagnostic {
        let token = self.peek();
        let last = self.last_span();
        let between = &self.source[last.end as usize..token.span.start as usize];
        let (span, found) = match token.kind {
            // A token on a later line is not where the mistake is: something is missing before.
            _ if self.at > 0 && between.contains('\n') => (last.after(), "the end of the line"),
            TokenKind::Name | TokenKind::Int | TokenKind::Unknown => {
                let text: String = self.text(token.span).chars().take(40).collect();
                let message = format!("expected {what}, found `{text}`");
                return Diagnostic::error(token.span, message).expected(what);
            }
            kind => (token.span, kind.describe()),
        };
        Diagnostic::error(span, format!("expected {what}, found {found}")).expected(what)
    }

    pub(super) fn literal_error(&mut self, token: Span, error: LiteralError) -> Failed {
        let start = token.start as usize;
        self.error(Span::new(start + error.start, start + error.end), error.message)
    }

    /// Goes back to a place that [`Self::position`] told, outside brackets.
    pub(super) fn reset(&mut self, position: usize) {
        self.at = position;
    }

    /// A parse that fails where line ends count again must not leave brackets open.
    pub(super) fn close_brackets(&mut self) {
        self.brackets = 0;
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes back to just behind the last token that was consumed: past it, line ends and comments
    /// may have been passed in an open bracket.
    pub(super) fn rewind_to_last(&mut self, statement: usize) {
        self.close_brackets();
        while self.at > statement && matches!(self.tokens[self.at - 1].kind, TokenKind::Newline | TokenKind::Comment) {
            self.at -= 1;
        }
        self.inner.clear();
    }
}
