//! Lists in braces whose items are separated by commas or line ends: of `machine`, `variant`,
//! `program`, `library` and `table`.

use super::cursor::{Cursor, Failed, Parse};
use crate::ast::{Item, Items, Trivia};
use crate::diagnostic::Diagnostic;
use crate::lexer::TokenKind;
use crate::span::Span;
use crate::vocabulary::directive;

impl Cursor<'_> {
    /// `{ item, item … }`. A broken item is reported and left out.
    pub(super) fn braced<T>(&mut self, item: impl Fn(&mut Self) -> Parse<T>) -> Parse<Items<T>> {
        let open = self.require(TokenKind::LeftBrace, "`{`")?.span;
        let mut list = Items::default();
        loop {
            let lead = self.between_items();
            match self.kind() {
                TokenKind::RightBrace => {
                    self.bump();
                    list.tail = lead;
                    return Ok(list);
                }
                TokenKind::End => return Err(self.never_closed(open)),
                _ if self.begins_statement() => return Err(self.never_closed(open)),
                _ => {}
            }
            match item(self).and_then(|node| self.end_of_item().map(|trail| (node, trail))) {
                Ok((node, trail)) => list.items.push(Item { lead, node, trail }),
                Err(Failed) => self.skip_item(),
            }
        }
    }

    fn never_closed(&mut self, open: Span) -> Failed {
        self.report(Diagnostic::error(open, "this `{` is never closed").expected("`}`"))
    }

    /// What stands here can only be a statement: the closing brace is missing.
    fn begins_statement(&mut self) -> bool {
        let after = self.second();
        after == TokenKind::Colon
            || (after == TokenKind::Str && self.word().is_some_and(|word| directive(word).is_some()))
    }

    fn between_items(&mut self) -> Vec<Trivia> {
        let mut comments = Vec::new();
        loop {
            let token = self.peek();
            match token.kind {
                TokenKind::Comment => comments.push(Trivia::Comment(self.comment_text(token))),
                TokenKind::Newline | TokenKind::Comma => {}
                _ => return comments,
            }
            self.bump();
        }
    }

    /// After an item: its comma, and the comment of its line.
    fn end_of_item(&mut self) -> Parse<Option<String>> {
        let comma = self.eat(TokenKind::Comma).is_some();
        let token = self.peek();
        match token.kind {
            TokenKind::Comment => {
                self.bump();
                Ok(Some(self.comment_text(token)))
            }
            TokenKind::Newline | TokenKind::RightBrace | TokenKind::End => Ok(None),
            _ if comma => Ok(None),
            _ => Err(self.unexpected("`,` or `}`")),
        }
    }

    /// Passes over a broken item.
    fn skip_item(&mut self) {
        self.close_brackets();
        loop {
            match self.kind() {
                TokenKind::Comma | TokenKind::Newline | TokenKind::RightBrace | TokenKind::End => {
                    return;
                }
                _ => {
                    self.bump();
                    self.close_brackets();
                }
            }
        }
    }
}
