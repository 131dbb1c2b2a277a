//! Statements, blocks and loops, and going on after a mistake.

use super::MAX_BLOCK_DEPTH;
use super::cursor::{Cursor, Failed, Parse};
use crate::ast::{Block, For, Item, Repeat, Script, Source, Statement, StatementKind, Trivia};
use crate::diagnostic::Diagnostic;
use crate::lexer::TokenKind;
use crate::span::{Span, Spanned};
use crate::vocabulary::{CALLS, DIRECTIVES, SOURCES, call, directive};

impl Cursor<'_> {
    /// The whole source.
    pub(super) fn script(&mut self) -> Script {
        let mut body = Block::default();
        loop {
            self.statements(&mut body);
            match self.eat(TokenKind::RightBrace) {
                Some(stray) => {
                    self.error(stray.span, "this `}` closes nothing");
                }
                None => return Script { body },
            }
        }
    }

    /// Statements up to a `}` that is not theirs, or the end.
    fn statements(&mut self, block: &mut Block) {
        // `{` that were passed over after a mistake: their `}` is not this block's.
        let mut orphans = 0usize;
        let mut pending = std::mem::take(&mut block.tail);
        loop {
            self.trivia(&mut pending, block.items.is_empty());
            match self.kind() {
                TokenKind::End => break,
                TokenKind::RightBrace if orphans > 0 => {
                    self.bump();
                    orphans -= 1;
                }
                TokenKind::RightBrace => break,
                _ => match self.statement(&mut pending) {
                    Ok(statement) => block.items.push(statement),
                    Err(opened) => {
                        pending.clear();
                        orphans += opened;
                    }
                },
            }
        }
        while pending.last() == Some(&Trivia::Blank) {
            pending.pop();
        }
        block.tail = pending;
    }

    /// Passes line ends, `;` and comments; keeps comments and single blank lines.
    pub(super) fn trivia(&mut self, kept: &mut Vec<Trivia>, first: bool) {
        let mut newlines = 0;
        loop {
            let token = self.peek();
            match token.kind {
                TokenKind::Newline => {
                    newlines += 1;
                    let opening = first && kept.is_empty();
                    // The first line end belongs to what stands before it.
                    if newlines == 2 && !opening && kept.last() != Some(&Trivia::Blank) {
                        kept.push(Trivia::Blank);
                    }
                }
                TokenKind::Semicolon => {}
                TokenKind::Comment => {
                    kept.push(Trivia::Comment(self.comment_text(token)));
                    newlines = 0;
                }
                _ => return,
            }
            self.bump();
        }
    }

    /// One statement and its line's end; or how many `{` were passed over in giving it up.
    fn statement(&mut self, pending: &mut Vec<Trivia>) -> Result<Statement, usize> {
        let start = self.position();
        let from = self.peek().span;
        let result = self.statement_kind().and_then(|kind| {
            let span = from.to(self.last_span());
            let trail = self.end_of_statement()?;
            Ok((Spanned::new(kind, span), trail))
        });
        let (node, trail) = match result {
            Ok(parsed) => parsed,
            Err(Failed) => return Err(self.skip_statement(start)),
        };
        let mut lead = std::mem::take(pending);
        lead.extend(self.take_inner());
        Ok(Item { lead, node, trail })
    }

    /// After a statement: the comment of its line, and that nothing else follows.
    pub(super) fn end_of_statement(&mut self) -> Parse<Option<String>> {
        let token = self.peek();
        match token.kind {
            TokenKind::Comment => {
                self.bump();
                Ok(Some(self.comment_text(token)))
            }
            TokenKind::Newline | TokenKind::Semicolon | TokenKind::End => Ok(None),
            TokenKind::RightBrace => Ok(None),
            TokenKind::Unterminated => Err(self.unterminated()),
            _ => Err(self.unexpected("the end of the statement")),
        }
    }

    /// Passes over the rest of a statement that could not be read: to the end of the line on which
    /// it was given up. Gives the number of `{` left open in it.
    pub(super) fn skip_statement(&mut self, start: usize) -> usize {
        self.rewind_to_last(start);
        let mut opened = 0usize;
        loop {
            match self.kind() {
                TokenKind::End | TokenKind::Newline => return opened,
                TokenKind::Semicolon if opened == 0 => return opened,
                TokenKind::RightBrace if opened == 0 => return self.skip_closing(start, opened),
                TokenKind::RightBrace => opened -= 1,
                TokenKind::LeftBrace => opened += 1,
                _ => {}
            }
            self.bump();
            self.close_brackets();
        }
    }

    /// A `}` on the line of a mistake ends the block around it, unless the mistake is the `}`.
    fn skip_closing(&mut self, start: usize, opened: usize) -> usize {
        if self.position() == start {
            self.bump();
        }
        opened
    }

    fn statement_kind(&mut self) -> Parse<StatementKind> {
        match self.kind() {
            TokenKind::Name if self.second() == TokenKind::Colon => self.step(),
            TokenKind::Name => self.keyword(),
            TokenKind::Unterminated => Err(self.unterminated()),
            TokenKind::LeftBracket => Err(self.without_process()),
            _ => Err(self.unexpected("a directive or a step such as `A: p[0]`")),
        }
    }

    /// A statement that begins with a word of the language, or with one that is near it.
    fn keyword(&mut self) -> Parse<StatementKind> {
        let token = self.peek();
        let word = self.text(token.span);
        let like_a_step = matches!(self.second(), TokenKind::Equals | TokenKind::LeftParen | TokenKind::LeftBracket);
        if like_a_step && directive(word).is_none() {
            return Err(self.without_process());
        }
        let known = DIRECTIVES.iter().map(|directive| directive.name);
        let meant = match directive(word) {
            Some(directive) => Some(directive.name),
            None => self.nearest(word, known),
        };
        let Some(meant) = meant else {
            return Err(self.unknown_statement(token.span, word));
        };
        if meant != word {
            let message = format!("unknown directive `{word}`");
            let help = format!("did you mean `{meant}`?");
            self.report(Diagnostic::error(token.span, message).expected("a directive").help(help));
        }
        self.bump();
        // What was probably meant is read on, so that its mistakes are found too.
        self.directive(meant, token.span)
    }

    fn unknown_statement(&mut self, span: Span, word: &str) -> Failed {
        let message = format!("`{word}` begins no statement");
        let diagnostic = Diagnostic::error(span, message).expected("a directive or a step such as `A: p[0]`");
        let help =
            (self.second() == TokenKind::Name).then(|| format!("a step names its process with a colon: `{word}: …`"));
        self.report(diagnostic.help(help))
    }

    fn without_process(&mut self) -> Failed {
        let token = self.peek();
        let word = self.text(token.span);
        let message = "this step does not say which process takes it";
        let known = call(word).is_some() || self.second() != TokenKind::LeftParen;
        let help = match self.nearest(word, CALLS.iter().map(|call| call.name)) {
            Some(name) if !known => format!("put the process before it: `A: {name}(…)`"),
            _ => format!("put the process before it: `A: {word}…`"),
        };
        let diagnostic = Diagnostic::error(token.span, message).expected("`PROCESS: call`");
        self.report(diagnostic.help(help))
    }

    /// `for i in SOURCE { … }`, the word consumed.
    pub(super) fn for_loop(&mut self) -> Parse<StatementKind> {
        let header = self.for_header();
        let body = self.body_after(&header)?;
        let (variable, source) = header?;
        Ok(StatementKind::For(For { variable, source, body }))
    }

    fn for_header(&mut self) -> Parse<(Spanned<String>, Spanned<Source>)> {
        let variable = self.name("a loop variable")?;
        if self.eat_word("in").is_none() {
            return Err(self.unexpected("`in`"));
        }
        let from = self.peek().span;
        let source = self.source()?;
        Ok((variable, Spanned::new(source, from.to(self.last_span()))))
    }

    /// `repeat n { … }`, the word consumed.
    pub(super) fn repeat_loop(&mut self) -> Parse<StatementKind> {
        let count = self.expr();
        let body = self.body_after(&count)?;
        Ok(StatementKind::Repeat(Repeat { count: count?, body }))
    }

    /// The block after a loop's header; after a broken header too, if one follows on its line.
    fn body_after<T>(&mut self, header: &Parse<T>) -> Parse<Block> {
        if header.is_err() {
            self.close_brackets();
            while !matches!(
                self.kind(),
                TokenKind::LeftBrace
                    | TokenKind::Newline
                    | TokenKind::End
                    | TokenKind::Semicolon
                    | TokenKind::RightBrace
            ) {
                self.bump();
                self.close_brackets();
            }
            if self.kind() != TokenKind::LeftBrace {
                return Err(Failed);
            }
        }
        self.block()
    }

    fn block(&mut self) -> Parse<Block> {
        let open = self.require(TokenKind::LeftBrace, "`{`")?.span;
        if self.blocks >= MAX_BLOCK_DEPTH {
            let message = format!("loops nest deeper than {MAX_BLOCK_DEPTH}");
            return Err(self.error(open, message));
        }
        let inner = self.take_inner();
        let mut body = Block { items: Vec::new(), tail: inner };
        self.blocks += 1;
        self.statements(&mut body);
        self.blocks -= 1;
        if self.eat(TokenKind::RightBrace).is_none() {
            let diagnostic = Diagnostic::error(open, "this `{` is never closed");
            self.report(diagnostic.expected("`}`"));
        }
        Ok(body)
    }

    fn source(&mut self) -> Parse<Source> {
        let generator = self.word().filter(|_| self.second() == TokenKind::LeftParen);
        if let Some(word) = generator {
            return self.generator(word);
        }
        if self.kind() == TokenKind::LeftBracket {
            return Ok(Source::List(self.list()?));
        }
        let from = self.expr()?;
        self.require(TokenKind::DotDot, "`..`")?;
        let to = self.expr()?;
        let step = match self.eat_word("step") {
            Some(_) => Some(self.expr()?),
            None => None,
        };
        Ok(Source::Range { from, to, step })
    }

    fn generator(&mut self, word: &str) -> Parse<Source> {
        let token = self.peek();
        if !SOURCES.contains(&word) {
            let message = format!("unknown generator `{word}`");
            let help = self.nearest(word, SOURCES.iter().copied());
            let diagnostic = Diagnostic::error(token.span, message)
                .expected("`uniform(n, count, seed)`, `zipf(n, alpha, count, seed)` or `shuffle(n, seed)`")
                .help(help.map(|name| format!("did you mean `{name}`?")));
            return Err(self.report(diagnostic));
        }
        self.bump();
        let open = self.bump().span;
        let n = self.expr()?;
        self.comma()?;
        let source = match word {
            "uniform" => {
                let count = self.expr()?;
                self.comma()?;
                Source::Uniform { n, count, seed: self.expr()? }
            }
            "zipf" => {
                let alpha = self.decimal()?;
                self.comma()?;
                let count = self.expr()?;
                self.comma()?;
                Source::Zipf { n, alpha, count, seed: self.expr()? }
            }
            _ => Source::Shuffle { n, seed: self.expr()? },
        };
        self.eat(TokenKind::Comma);
        self.closing(TokenKind::RightParen, open)?;
        Ok(source)
    }

    pub(super) fn comma(&mut self) -> Parse<()> {
        self.require(TokenKind::Comma, "`,`").map(|_| ())
    }
}
