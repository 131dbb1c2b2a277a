//! Steps: `PROCESS: call`, `PROCESS: name = call`, and what a call is given.

use super::cursor::{Cursor, Parse};
use crate::ast::{Action, Arg, ArgKind, Call, Expr, Index, Name, Place, StatementKind, Step};
use crate::diagnostic::Diagnostic;
use crate::lexer::TokenKind;
use crate::span::Spanned;
use crate::vocabulary::{CALLS, call};

impl Cursor<'_> {
    /// A step; its process and colon come next.
    pub(super) fn step(&mut self) -> Parse<StatementKind> {
        let process = self.name("a process")?;
        self.bump();
        let bind = self.binding()?;
        let action = self.action()?;
        Ok(StatementKind::Step(Step { process, bind, action }))
    }

    fn binding(&mut self) -> Parse<Option<Name>> {
        if self.kind() != TokenKind::Name || self.second() != TokenKind::Equals {
            return Ok(None);
        }
        let name = self.name("a name")?;
        self.bump();
        Ok(Some(name))
    }

    fn action(&mut self) -> Parse<Action> {
        let fetches = self.word() == Some("fetch") && matches!(self.second(), TokenKind::Name | TokenKind::LeftBracket);
        if fetches {
            self.bump();
            return Ok(Action::Fetch(self.place()?));
        }
        match (self.kind(), self.second()) {
            (TokenKind::Name, TokenKind::LeftParen) => Ok(Action::Call(self.call()?)),
            (TokenKind::Name, TokenKind::LeftBracket) | (TokenKind::LeftBracket, _) => self.access(),
            (TokenKind::Unterminated, _) => Err(self.unterminated()),
            _ => Err(self.unexpected("a call such as `open(…)` or an access such as `p[0]`")),
        }
    }

    fn call(&mut self) -> Parse<Call> {
        let name = self.name("a call")?;
        if call(&name.node).is_none() {
            let help = self.did_you_mean(&name.node, CALLS.iter().map(|call| call.name));
            let message = format!("unknown call `{}`", name.node);
            self.report(Diagnostic::error(name.span, message).expected("a call").help(help));
        }
        let open = self.bump().span;
        let mut args = Vec::new();
        while self.kind() != TokenKind::RightParen {
            args.push(self.arg()?);
            if self.eat(TokenKind::Comma).is_none() {
                break;
            }
        }
        self.closing(TokenKind::RightParen, open)?;
        Ok(Call { name, args })
    }

    /// A load, or with `=` a store.
    fn access(&mut self) -> Parse<Action> {
        let place = self.place()?;
        if self.eat(TokenKind::Equals).is_none() {
            return Ok(Action::Load(place));
        }
        let value = self.arg()?;
        Ok(Action::Store(place, value))
    }

    /// `a[e]`, `a[e..f]`, `[e]` or `[e..f]`.
    fn place(&mut self) -> Parse<Place> {
        let base = match self.kind() {
            TokenKind::Name => Some(self.name("a name")?),
            _ => None,
        };
        let open = self.require(TokenKind::LeftBracket, "`[`")?.span;
        let from = self.expr()?;
        let index = match self.eat(TokenKind::DotDot) {
            Some(_) => Index::Range(from, self.expr()?),
            None => Index::One(from),
        };
        self.closing(TokenKind::RightBracket, open)?;
        Ok(Place { base, index })
    }

    /// An argument of a call, or the value of a store.
    fn arg(&mut self) -> Parse<Arg> {
        let from = self.peek().span;
        let kind = match (self.kind(), self.second()) {
            (TokenKind::Str, _) => ArgKind::Text(self.bytes("a string")?.node),
            (TokenKind::Unterminated, _) => return Err(self.unterminated()),
            (TokenKind::LeftBracket, _) => self.list_or_memory()?,
            (TokenKind::Name, TokenKind::LeftBracket) => ArgKind::Memory(self.place()?),
            (TokenKind::Name, TokenKind::LeftParen) if self.word() == Some("fill") => self.fill_data()?,
            _ => ArgKind::Expr(self.expr()?),
        };
        Ok(Spanned::new(kind, from.to(self.last_span())))
    }

    /// `fill(byte, n)`.
    fn fill_data(&mut self) -> Parse<ArgKind> {
        self.bump();
        let open = self.bump().span;
        let byte = self.expr()?;
        self.comma()?;
        let count = self.expr()?;
        self.eat(TokenKind::Comma);
        self.closing(TokenKind::RightParen, open)?;
        Ok(ArgKind::Fill(byte, count))
    }

    /// `[1, 2, 3]` is a list of bytes; `[e..f]` is memory at an absolute address.
    fn list_or_memory(&mut self) -> Parse<ArgKind> {
        let open = self.bump().span;
        if self.eat(TokenKind::RightBracket).is_some() {
            return Ok(ArgKind::List(Vec::new()));
        }
        let first = self.expr()?;
        if self.eat(TokenKind::DotDot).is_some() {
            let index = Index::Range(first, self.expr()?);
            self.closing(TokenKind::RightBracket, open)?;
            return Ok(ArgKind::Memory(Place { base: None, index }));
        }
        let mut items = vec![first];
        self.list_rest(&mut items)?;
        self.closing(TokenKind::RightBracket, open)?;
        Ok(ArgKind::List(items))
    }

    fn list_rest(&mut self, items: &mut Vec<Expr>) -> Parse<()> {
        while self.eat(TokenKind::Comma).is_some() && self.kind() != TokenKind::RightBracket {
            items.push(self.expr()?);
        }
        Ok(())
    }

    /// `[7, 0, 1]`.
    pub(super) fn list(&mut self) -> Parse<Vec<Expr>> {
        let open = self.require(TokenKind::LeftBracket, "`[`")?.span;
        let mut items = Vec::new();
        if self.kind() != TokenKind::RightBracket {
            items.push(self.expr()?);
            self.list_rest(&mut items)?;
        }
        self.closing(TokenKind::RightBracket, open)?;
        Ok(items)
    }
}
