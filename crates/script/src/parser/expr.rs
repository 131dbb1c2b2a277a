//! Expressions and literals.

use super::MAX_EXPR_DEPTH;
use super::cursor::{Cursor, Parse};
use crate::ast::{BinaryOp, Bytes, Decimal, Expr, ExprKind, IntLit, Text};
use crate::diagnostic::Diagnostic;
use crate::lexer::{TokenKind, decimal_value, int_value, string_value};
use crate::span::{Span, Spanned};

impl Cursor<'_> {
    /// An expression.
    pub(super) fn expr(&mut self) -> Parse<Expr> {
        self.binary(1)
    }

    /// Operators that bind at least as tightly as `least`, by precedence climbing.
    fn binary(&mut self, least: u8) -> Parse<Expr> {
        let mut left = self.unary()?;
        // A chain makes a tree as deep as it is long, which dropping it has to walk.
        let mut links = 0;
        while let Some(op) = operator(self.kind()).filter(|op| op.precedence() >= least) {
            self.bump();
            let right = self.binary(op.precedence() + 1)?;
            let span = left.span.to(right.span);
            links += 1;
            self.check_depth(links, span)?;
            left = Spanned::new(ExprKind::Binary(op, Box::new(left), Box::new(right)), span);
        }
        Ok(left)
    }

    fn check_depth(&mut self, more: usize, span: Span) -> Parse<()> {
        if self.exprs + more <= MAX_EXPR_DEPTH {
            return Ok(());
        }
        let message = format!("this expression nests deeper than {MAX_EXPR_DEPTH}");
        Err(self.error(span, message))
    }

    /// An operand: a number, a name, a parenthesis, or one of these negated.
    pub(super) fn unary(&mut self) -> Parse<Expr> {
        let token = self.peek();
        match token.kind {
            TokenKind::Minus => {
                self.bump();
                let inner = self.nested(Self::unary)?;
                let span = token.span.to(inner.span);
                Ok(Spanned::new(ExprKind::Neg(Box::new(inner)), span))
            }
            TokenKind::LeftParen => {
                self.bump();
                let inner = self.nested(Self::expr)?;
                self.closing(TokenKind::RightParen, token.span)?;
                Ok(inner)
            }
            TokenKind::Name => {
                let name = self.name("a name")?;
                self.refuse_load(&name)?;
                Ok(Spanned::new(ExprKind::Name(name.node), name.span))
            }
            TokenKind::Int | TokenKind::Char => self.int(),
            TokenKind::LeftBracket => {
                let diagnostic = self
                    .unexpected_diagnostic("a number")
                    .help("a load is a step of its own: `P: x = [0x40]`, then use `x`".to_string());
                Err(self.report(diagnostic))
            }
            _ => Err(self.unexpected("a number or a name")),
        }
    }

    /// `a[e]` is a step, not a value inside an expression.
    fn refuse_load(&mut self, name: &Spanned<String>) -> Parse<()> {
        let (span, message, help) = match self.kind() {
            TokenKind::LeftBracket => (
                name.span,
                "a load cannot stand inside an expression",
                format!("load it in a step of its own, `P: x = {}[…]`, then use `x`", name.node),
            ),
            TokenKind::LeftParen => (
                name.span,
                "a call cannot stand inside an expression",
                format!("bind it in a step of its own, `P: x = {}(…)`, then use `x`", name.node),
            ),
            _ => return Ok(()),
        };
        Err(self.report(Diagnostic::error(span, message).help(help)))
    }

    /// One level deeper, if that is still allowed.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        let span = self.last_span();
        self.exprs += 1;
        let result = match self.check_depth(0, span) {
            Ok(()) => inner(self),
            Err(failed) => Err(failed),
        };
        self.exprs -= 1;
        result
    }

    /// The bracket that closes the one at `open`.
    pub(super) fn closing(&mut self, kind: TokenKind, open: Span) -> Parse<()> {
        if self.eat(kind).is_some() {
            return Ok(());
        }
        let what = match kind {
            TokenKind::RightParen => "`,` or `)`",
            TokenKind::RightBracket => "`]`",
            _ => "`}`",
        };
        let diagnostic = self.unexpected_diagnostic(what).label(open, "opened here");
        Err(self.report(diagnostic))
    }

    /// An integer or a character.
    pub(super) fn int(&mut self) -> Parse<Expr> {
        let token = self.peek();
        if !matches!(token.kind, TokenKind::Int | TokenKind::Char) {
            return Err(self.unexpected("a number"));
        }
        self.bump();
        let int = self.int_literal(token.span)?;
        Ok(Spanned::new(ExprKind::Int(int), token.span))
    }

    fn int_literal(&mut self, span: Span) -> Parse<IntLit> {
        int_value(self.text(span)).map_err(|error| self.literal_error(span, error))
    }

    /// A number with a decimal point, or a whole one.
    pub(super) fn decimal(&mut self) -> Parse<Decimal> {
        let token = self.peek();
        if !matches!(token.kind, TokenKind::Int | TokenKind::Decimal) {
            return Err(self.unexpected("a decimal number such as 2.33"));
        }
        self.bump();
        decimal_value(self.text(token.span)).map_err(|error| self.literal_error(token.span, error))
    }

    /// A string as bytes.
    pub(super) fn bytes(&mut self, what: &str) -> Parse<Bytes> {
        let token = self.require_string(what)?;
        string_value(self.text(token))
            .map(|bytes| Spanned::new(bytes, token))
            .map_err(|error| self.literal_error(token, error))
    }

    /// A string as text.
    pub(super) fn prose(&mut self, what: &str) -> Parse<Text> {
        let bytes = self.bytes(what)?;
        match String::from_utf8(bytes.node) {
            Ok(text) => Ok(Spanned::new(text, bytes.span)),
            Err(_) => Err(self.error(bytes.span, "these bytes are not text in UTF-8")),
        }
    }

    fn require_string(&mut self, what: &str) -> Parse<Span> {
        let token = self.peek();
        if token.kind == TokenKind::Unterminated {
            return Err(self.unterminated());
        }
        Ok(self.require(TokenKind::Str, what)?.span)
    }

    /// Reports a string that does not end on its line.
    pub(super) fn unterminated(&mut self) -> super::cursor::Failed {
        let token = self.bump();
        let quote = &self.text(token.span)[..1];
        let help = format!(r"close it with {quote} on the same line; a line end in a string is \n");
        let message = "this string has no end";
        self.report(Diagnostic::error(token.span, message).expected(format!("`{quote}`")).help(help))
    }
}

fn operator(kind: TokenKind) -> Option<BinaryOp> {
    Some(match kind {
        TokenKind::Pipe => BinaryOp::Or,
        TokenKind::Plus => BinaryOp::Add,
        TokenKind::Minus => BinaryOp::Sub,
        TokenKind::Star => BinaryOp::Mul,
        TokenKind::Slash => BinaryOp::Div,
        TokenKind::Percent => BinaryOp::Rem,
        _ => return None,
    })
}
