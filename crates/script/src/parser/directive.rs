//! Directives: what describes the machine, its files and programs, and the prose.

use super::cursor::{Cursor, Failed, Parse};
use crate::ast::{
    DeviceDecl, Expr, FileDecl, Fill, Image, Machine, Memory, Name, Part, Permissions, Segment, Setting, SettingValue,
    StatementKind, Table, TableEntry, TableSource, Variant,
};
use crate::diagnostic::Diagnostic;
use crate::lexer::TokenKind;
use crate::span::{Span, Spanned};
use crate::vocabulary::{FILLS, KeyKind, key, key_names};

const PRESETS: [&str; 2] = ["textbook", "linux"];

impl Cursor<'_> {
    /// The directive `word`, itself consumed.
    pub(super) fn directive(&mut self, word: &str, span: Span) -> Parse<StatementKind> {
        match word {
            "title" => Ok(StatementKind::Title(self.prose("a string")?)),
            "about" => Ok(StatementKind::About(self.prose("a string")?)),
            "machine" => self.machine(),
            "variant" => self.variant(),
            "file" => Ok(StatementKind::File(self.file(true)?)),
            "shm" => Ok(StatementKind::Shm(self.file(false)?)),
            "device" => self.device(),
            "program" => Ok(StatementKind::Program(self.image(&Segment::ALL)?)),
            "library" => Ok(StatementKind::Library(self.image(&Segment::ALL)?)),
            "memory" => self.memory(),
            "table" => self.table(),
            "note" => Ok(StatementKind::Note(self.prose("a string")?)),
            "speaker" => Ok(StatementKind::Speaker(self.prose("a string")?)),
            "ask" => self.ask(),
            "choice" | "answer" => Err(self.stray_choice(word, span)),
            "expect" => self.expect_list(),
            "mark" => Ok(StatementKind::Mark),
            "for" => self.for_loop(),
            "repeat" => self.repeat_loop(),
            _ => Err(self.error(span, format!("`{word}` begins no statement"))),
        }
    }

    fn machine(&mut self) -> Parse<StatementKind> {
        let preset = match self.kind() {
            TokenKind::Name => Some(self.preset()?),
            _ => None,
        };
        let settings = match self.kind() {
            TokenKind::LeftBrace => self.braced(Self::setting)?,
            _ if preset.is_none() => return Err(self.unexpected("`textbook`, `linux` or `{`")),
            _ => Default::default(),
        };
        Ok(StatementKind::Machine(Machine { preset, settings }))
    }

    fn preset(&mut self) -> Parse<Name> {
        let preset = self.name("a preset")?;
        if !PRESETS.contains(&preset.node.as_str()) {
            let message = format!("unknown preset `{}`", preset.node);
            let help = self.did_you_mean(&preset.node, PRESETS);
            let diagnostic = Diagnostic::error(preset.span, message);
            self.report(diagnostic.expected("`textbook` or `linux`").help(help));
        }
        Ok(preset)
    }

    fn variant(&mut self) -> Parse<StatementKind> {
        let name = self.prose("the variant's name, a string")?;
        let settings = self.braced(Self::setting)?;
        Ok(StatementKind::Variant(Variant { name, settings }))
    }

    /// `key = value`.
    fn setting(&mut self) -> Parse<Setting> {
        let mut name = self.name("a key of the machine")?;
        if self.eat(TokenKind::Dot).is_some() {
            let rest = self.name("what costs that")?;
            name.node = format!("{}.{}", name.node, rest.node);
            name.span = name.span.to(rest.span);
        }
        let kind = key(&name.node);
        if kind.is_none() {
            let names = key_names();
            let help = self.did_you_mean(&name.node, names.iter().map(String::as_str));
            let message = format!("unknown machine key `{}`", name.node);
            self.report(Diagnostic::error(name.span, message).expected("a machine key").help(help));
        }
        self.require(TokenKind::Equals, "`=`")?;
        let from = self.peek().span;
        let value = self.setting_value(kind)?;
        Ok(Setting { key: name, value: Spanned::new(value, from.to(self.last_span())) })
    }

    /// A number where the key wants one and a number or a parenthesis begins, else a word.
    fn setting_value(&mut self, kind: Option<KeyKind>) -> Parse<SettingValue> {
        let numeric = match kind {
            Some(KeyKind::Number { .. } | KeyKind::PowerOfTwo { .. }) => true,
            Some(KeyKind::WordOrNumber { .. }) => self.kind() != TokenKind::Name,
            _ => false,
        };
        match numeric {
            true => Ok(SettingValue::Number(self.expr()?)),
            false => Ok(SettingValue::Word(self.raw_word()?)),
        }
    }

    /// The tokens up to the next comma, brace, comment or line end, as they stand: `x86-64`, `4+4`.
    fn raw_word(&mut self) -> Parse<String> {
        let mut word = String::new();
        loop {
            match self.kind() {
                TokenKind::Name | TokenKind::Int | TokenKind::Plus | TokenKind::Minus => {
                    let token = self.bump();
                    word.push_str(self.text(token.span));
                }
                _ if word.is_empty() => return Err(self.unexpected("a value")),
                _ => return Ok(word),
            }
        }
    }

    /// `"NAME" size N [fill F] [cached]`.
    fn file(&mut self, on_disk: bool) -> Parse<FileDecl> {
        let name = self.prose("a name, as a string")?;
        let size = self.size()?;
        let mut decl = FileDecl { name, size, fill: None, cached: false };
        loop {
            if self.eat_word("fill").is_some() {
                decl.fill = Some(self.fill()?);
            } else if let Some(cached) = self.eat_word("cached") {
                if !on_disk {
                    let message = "a memory object has no disk to be cached from";
                    self.error(cached.span, message);
                }
                decl.cached = true;
            } else if matches!(self.kind(), TokenKind::Name) {
                let what = if on_disk { "`fill`, `cached`" } else { "`fill`" };
                let what = format!("{what} or the end of the line");
                return Err(self.unexpected_word(&what, &["fill", "cached"]));
            } else {
                return Ok(decl);
            }
        }
    }

    fn size(&mut self) -> Parse<Expr> {
        if self.eat_word("size").is_none() {
            return Err(self.unexpected_word("`size`", &["size"]));
        }
        self.expr()
    }

    /// Reports a word that is not one of those expected, with a suggestion.
    pub(super) fn unexpected_word(&mut self, what: &str, words: &[&str]) -> Failed {
        let help = self.word().and_then(|word| self.did_you_mean(word, words.iter().copied()));
        let diagnostic = self.unexpected_diagnostic(what).help(help);
        self.report(diagnostic)
    }

    fn fill(&mut self) -> Parse<Spanned<Fill>> {
        let token = self.peek();
        let what = "`letters`, `zeros`, `text \"…\"`, `ramp S` or `words`";
        let Some(word) = self.word().filter(|word| FILLS.contains(word)) else {
            return Err(self.unexpected_word(what, FILLS));
        };
        self.bump();
        let fill = match word {
            "letters" => Fill::Letters,
            "zeros" => Fill::Zeros,
            "words" => Fill::Words,
            "ramp" => Fill::Ramp(self.expr()?),
            _ => Fill::Text(self.bytes("the text, a string")?.node),
        };
        Ok(Spanned::new(fill, token.span.to(self.last_span())))
    }

    fn device(&mut self) -> Parse<StatementKind> {
        let name = self.prose("a name, as a string")?;
        let size = self.size()?;
        Ok(StatementKind::Device(DeviceDecl { name, size }))
    }

    fn image(&mut self, segments: &[Segment]) -> Parse<Image> {
        let name = self.prose("a name, as a string")?;
        let parts = self.braced(|cursor| cursor.part(segments))?;
        Ok(Image { name, parts })
    }

    fn part(&mut self, segments: &[Segment]) -> Parse<Part> {
        if self.eat_word("needs").is_some() {
            return Ok(Part::Needs(self.prose("a library's name, as a string")?));
        }
        let token = self.peek();
        let word = self.word();
        match segments.iter().find(|segment| Some(segment.word()) == word) {
            Some(&kind) => {
                self.bump();
                Ok(Part::Segment { kind: Spanned::new(kind, token.span), size: self.expr()? })
            }
            None => {
                let words = ["text", "rodata", "data", "bss", "stack", "needs"];
                let what = "`text N`, `rodata N`, `data N`, `bss N`, `stack N` or `needs \"LIB\"`";
                Err(self.unexpected_word(what, &words))
            }
        }
    }

    fn memory(&mut self) -> Parse<StatementKind> {
        let frame = self.expr()?;
        let text = self.bytes("the bytes in hexadecimal, as a string")?;
        let digits: Vec<u8> = text.node.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let nibble = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
        let bytes: Option<Vec<u8>> = digits
            .chunks(2)
            .map(|pair| match *pair {
                [high, low] => Some(nibble(high)? << 4 | nibble(low)?),
                _ => None,
            })
            .collect();
        match bytes {
            Some(bytes) => Ok(StatementKind::Memory(Memory { frame, bytes: Spanned::new(bytes, text.span) })),
            None => {
                let message = "these are no bytes in hexadecimal: two digits each";
                Err(self.error(text.span, message))
            }
        }
    }

    fn table(&mut self) -> Parse<StatementKind> {
        let process = self.name("a process")?;
        let source = match self.eat_word("at") {
            Some(_) => TableSource::At(self.expr()?),
            None if self.kind() == TokenKind::LeftBrace => TableSource::Entries(self.braced(Self::table_entry)?),
            None => return Err(self.unexpected("`{` or `at FRAME`")),
        };
        Ok(StatementKind::Table(Table { process, source }))
    }

    /// `2 -> 3 rw-`. No operators without parentheses: `3 -wx` is an entry too.
    fn table_entry(&mut self) -> Parse<TableEntry> {
        let page = self.unary()?;
        self.require(TokenKind::Arrow, "`->`")?;
        let frame = self.unary()?;
        let permissions = self.permissions()?;
        Ok(TableEntry { page, frame, permissions })
    }

    fn permissions(&mut self) -> Parse<Spanned<Permissions>> {
        let start = self.peek().span.start as usize;
        let span = Span::new(start, start + 3);
        let what = "permissions such as `rw-`";
        let flags = match self.slice(span).map(str::as_bytes) {
            Some([r, w, x]) => flag(*r, b'r').zip(flag(*w, b'w')).zip(flag(*x, b'x')),
            _ => None,
        };
        let Some(((read, write), execute)) = flags else {
            return Err(self.unexpected(what));
        };
        while self.peek().span.end <= span.end && self.kind() != TokenKind::End {
            self.bump();
        }
        if self.last_span().end != span.end {
            return Err(self.unexpected(what));
        }
        Ok(Spanned::new(Permissions { read, write, execute }, span))
    }
}

/// Is the permission granted? `None` if the letter is neither it nor a dash.
fn flag(byte: u8, letter: u8) -> Option<bool> {
    match byte {
        b'-' => Some(false),
        _ if byte == letter => Some(true),
        _ => None,
    }
}
