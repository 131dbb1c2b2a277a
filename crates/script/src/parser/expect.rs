//! `expect` lists, and questions.

use super::cursor::{Cursor, Failed, Parse};
use crate::ast::{Ask, Check, Choice, Evicted, Expect, Expr, Fate, Item, Scope, StatementKind, Trivia};
use crate::diagnostic::Diagnostic;
use crate::lexer::TokenKind;
use crate::span::{Span, Spanned};
use crate::vocabulary::{COUNTERS, Counter, ERRNOS, EXPECTATIONS, SIGNAL_CODES, SIGNALS};

impl Cursor<'_> {
    /// What follows `expect`.
    pub(super) fn expect_list(&mut self) -> Parse<StatementKind> {
        let scope = match self.eat_word("in") {
            Some(_) => Some(self.scope()?),
            None => None,
        };
        let mut checks = vec![self.check()?];
        while self.eat(TokenKind::Comma).is_some() {
            if matches!(self.kind(), TokenKind::Newline | TokenKind::End | TokenKind::Comment) {
                break;
            }
            checks.push(self.check()?);
        }
        Ok(StatementKind::Expect(Expect { scope, checks }))
    }

    fn scope(&mut self) -> Parse<Scope> {
        match self.eat_word("base") {
            Some(_) => Ok(Scope::Base),
            None => Ok(Scope::Variant(self.prose("`base` or a variant's name, as a string")?)),
        }
    }

    fn check(&mut self) -> Parse<Spanned<Check>> {
        let token = self.peek();
        let Some(word) = self.word() else {
            return Err(self.unexpected("what must hold, such as `minor` or `frames 2`"));
        };
        self.bump();
        let check = self.check_after(word, token.span)?;
        Ok(Spanned::new(check, token.span.to(self.last_span())))
    }

    /// The check that begins with `word`.
    fn check_after(&mut self, word: &str, span: Span) -> Parse<Check> {
        Ok(match word {
            "hit" => self.bare(word, Check::Hit)?,
            "minor" => self.bare(word, Check::Minor)?,
            "major" => self.bare(word, Check::Major)?,
            "cow" => self.bare(word, Check::Cow)?,
            "ok" => Check::Ok,
            "faults" => Check::Faults(self.expr()?),
            "value" => self.value()?,
            "total" => {
                let counter = self.total_counter()?;
                Check::Total(counter, self.expr()?)
            }
            "frames" => Check::Frames(self.expr()?),
            "cached" => Check::Cached(self.prose("a file's name, as a string")?, self.expr()?),
            "dirty" => Check::Dirty(self.prose("a file's name, as a string")?, self.expr()?),
            "swap" => Check::Swap(self.expr()?),
            "tables" => Check::Tables(self.expr()?),
            "rss" => Check::Rss(self.name("a process")?, self.expr()?),
            "pss" => Check::Pss(self.name("a process")?, self.decimal()?),
            "virtual" => Check::Virtual(self.name("a process")?, self.expr()?),
            "evicts" => self.evicts()?,
            _ if ERRNOS.contains(&word) => Check::Errno(word.to_string()),
            _ if SIGNALS.contains(&word) => self.signal(word)?,
            _ => match Counter::named(word) {
                Some(counter) => Check::Counter(counter, self.expr()?),
                None => return Err(self.unknown_check(word, span)),
            },
        })
    }

    /// `minor` and its like take no number.
    fn bare(&mut self, word: &str, check: Check) -> Parse<Check> {
        if self.kind() != TokenKind::Int {
            return Ok(check);
        }
        let diagnostic = self
            .unexpected_diagnostic("`,` or the end of the line")
            .help(format!("`{word}` takes no number; `faults N` and `total {word} N` do"));
        Err(self.report(diagnostic))
    }

    fn value(&mut self) -> Parse<Check> {
        Ok(match self.kind() {
            TokenKind::Str => Check::ValueText(self.bytes("a string")?.node),
            TokenKind::LeftBracket => Check::ValueList(self.list()?),
            TokenKind::Unterminated => return Err(self.unterminated()),
            _ => Check::Value(self.expr()?),
        })
    }

    fn total_counter(&mut self) -> Parse<Counter> {
        match self.word().and_then(Counter::named) {
            Some(counter) => {
                self.bump();
                Ok(counter)
            }
            None => {
                let names: Vec<_> = COUNTERS.iter().map(|tally| tally.name).collect();
                Err(self.unexpected_word("a counter", &names))
            }
        }
    }

    fn signal(&mut self, name: &str) -> Parse<Check> {
        let token = self.peek();
        let code = match self.word() {
            Some(word) if SIGNAL_CODES.contains(&word) => {
                self.bump();
                Some(Spanned::new(word.to_string(), token.span))
            }
            Some(_) => return Err(self.unexpected_word("a code of the signal", SIGNAL_CODES)),
            None => None,
        };
        Ok(Check::Signal { name: name.to_string(), code })
    }

    /// `"FILE":N` or `P[ADDR]`, and where it went.
    fn evicts(&mut self) -> Parse<Check> {
        let page = match self.kind() {
            TokenKind::Str => {
                let file = self.prose("a file's name")?;
                self.require(TokenKind::Colon, "`:` and the page's number")?;
                Evicted::File(file, self.expr()?)
            }
            TokenKind::Name => {
                let process = self.name("a process")?;
                let open = self.require(TokenKind::LeftBracket, "`[` and an address")?.span;
                let address: Expr = self.expr()?;
                self.closing(TokenKind::RightBracket, open)?;
                Evicted::Private(process, address)
            }
            _ => return Err(self.unexpected("a page: `\"FILE\":N` or `P[ADDR]`")),
        };
        let word = self.word();
        let fate = Fate::ALL.into_iter().find(|fate| Some(fate.word()) == word);
        match (fate, word) {
            (Some(_), _) => {
                self.bump();
            }
            (None, Some(_)) => {
                let words = Fate::ALL.map(Fate::word);
                return Err(self.unexpected_word("`dropped`, `written` or `swapped`", &words));
            }
            (None, None) => {}
        }
        Ok(Check::Evicts { page, fate })
    }

    fn unknown_check(&mut self, word: &str, span: Span) -> Failed {
        let words = EXPECTATIONS.iter().map(|entry| entry.name);
        let counters = COUNTERS.iter().filter(|tally| tally.of_step).map(|tally| tally.name);
        let names = words.chain(counters).chain(ERRNOS.iter().copied());
        let help = self.did_you_mean(word, names.chain(SIGNALS.iter().copied()));
        let message = match word.strip_prefix('E') {
            Some(rest) if rest.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                format!("unknown error `{word}`")
            }
            _ => format!("unknown expectation `{word}`"),
        };
        self.report(Diagnostic::error(span, message).expected("what must hold").help(help))
    }

    /// What follows `ask`: the question and the choices on the lines below.
    pub(super) fn ask(&mut self) -> Parse<StatementKind> {
        let question = self.prose("the question, a string")?;
        let trail = self.end_of_statement()?;
        let mut choices = Vec::new();
        loop {
            let before = self.position();
            let mut lead = Vec::new();
            self.trivia(&mut lead, true);
            let right = match self.word() {
                Some("choice") if self.second() != TokenKind::Colon => false,
                Some("answer") if self.second() != TokenKind::Colon => true,
                _ => {
                    self.reset(before);
                    return Ok(StatementKind::Ask(Ask { question, trail, choices }));
                }
            };
            lead.retain(|trivia| *trivia != Trivia::Blank);
            let start = self.position();
            self.bump();
            let choice = self.choice(right);
            match choice.and_then(|node| self.end_of_statement().map(|trail| (node, trail))) {
                Ok((node, trail)) => choices.push(Item { lead, node, trail }),
                Err(Failed) => {
                    self.skip_statement(start);
                }
            }
        }
    }

    fn choice(&mut self, right: bool) -> Parse<Choice> {
        let text = self.prose("what can be chosen, a string")?;
        let because = match self.eat_word("because") {
            Some(_) => Some(self.prose("the reason, a string")?),
            None => None,
        };
        Ok(Choice { right, text, because })
    }

    /// A choice that follows no question.
    pub(super) fn stray_choice(&mut self, word: &str, span: Span) -> Failed {
        let message = format!("this `{word}` belongs to no question");
        let help = "put it on a line below an `ask \"…\"`".to_string();
        self.report(Diagnostic::error(span, message).help(help))
    }
}
