//! Statements, blocks and lists in braces as text.

use super::LINE_WIDTH;
use super::expr::{decimal_text, expr_text, list_text, step_text, string_text};
use crate::ast::{
    Ask, Block, Check, Evicted, Expect, FileDecl, Fill, Image, Item, Items, Part, Permissions, Scope, Setting,
    SettingValue, Source, StatementKind, Table, TableEntry, TableSource, Text, Trivia,
};

#[derive(Default)]
pub(super) struct Printer {
    out: String,
    indent: usize,
}

impl Printer {
    pub(super) fn finish(self) -> String {
        self.out
    }

    fn line(&mut self, text: &str, trail: Option<&str>) {
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        if let Some(comment) = trail {
            self.out.push_str("  #");
            self.out.push_str(comment);
        }
        self.out.push('\n');
    }

    fn trivia(&mut self, trivia: &[Trivia]) {
        for trivium in trivia {
            match trivium {
                Trivia::Blank => self.out.push('\n'),
                Trivia::Comment(text) => self.line(&format!("#{text}"), None),
            }
        }
    }

    pub(super) fn block(&mut self, block: &Block) {
        for item in &block.items {
            self.trivia(&item.lead);
            self.statement(&item.node.node, item.trail.as_deref());
        }
        self.trivia(&block.tail);
    }

    fn statement(&mut self, kind: &StatementKind, trail: Option<&str>) {
        match kind {
            StatementKind::Title(text) => self.prose("title", text, trail),
            StatementKind::About(text) => self.prose("about", text, trail),
            StatementKind::Note(text) => self.prose("note", text, trail),
            StatementKind::Speaker(text) => self.prose("speaker", text, trail),
            StatementKind::Machine(machine) => {
                let preset = machine.preset.as_ref().map(|name| format!(" {}", name.node));
                let head = format!("machine{}", preset.as_deref().unwrap_or_default());
                let bare = machine.settings.items.is_empty() && machine.settings.tail.is_empty();
                match bare && preset.is_some() {
                    true => self.line(&head, trail),
                    false => self.braces(&head, &machine.settings, setting_text, trail),
                }
            }
            StatementKind::Variant(variant) => {
                let head = format!("variant {}", quoted(&variant.name));
                self.braces(&head, &variant.settings, setting_text, trail);
            }
            StatementKind::File(decl) => self.line(&file_text("file", decl), trail),
            StatementKind::Shm(decl) => self.line(&file_text("shm", decl), trail),
            StatementKind::Device(decl) => {
                let size = expr_text(&decl.size);
                self.line(&format!("device {} size {size}", quoted(&decl.name)), trail);
            }
            StatementKind::Program(image) => self.image("program", image, trail),
            StatementKind::Library(image) => self.image("library", image, trail),
            StatementKind::Memory(memory) => {
                let bytes: String = memory.bytes.node.iter().map(|byte| format!("{byte:02x}")).collect();
                self.line(&format!("memory {} \"{bytes}\"", expr_text(&memory.frame)), trail);
            }
            StatementKind::Table(table) => self.table(table, trail),
            StatementKind::Ask(ask) => self.ask(ask, trail),
            StatementKind::Expect(expect) => self.line(&expect_text(expect), trail),
            StatementKind::Mark => self.line("mark", trail),
            StatementKind::Step(step) => {
                let text = format!("{}: {}", step.process.node, step_text(step));
                self.line(&text, trail);
            }
            StatementKind::For(looped) => {
                let source = source_text(&looped.source.node);
                let head = format!("for {} in {source} {{", looped.variable.node);
                self.looped(&head, &looped.body, trail);
            }
            StatementKind::Repeat(looped) => {
                let head = format!("repeat {} {{", expr_text(&looped.count));
                self.looped(&head, &looped.body, trail);
            }
        }
    }

    fn prose(&mut self, word: &str, text: &Text, trail: Option<&str>) {
        self.line(&format!("{word} {}", quoted(text)), trail);
    }

    fn image(&mut self, word: &str, image: &Image, trail: Option<&str>) {
        let head = format!("{word} {}", quoted(&image.name));
        self.braces(&head, &image.parts, part_text, trail);
    }

    fn table(&mut self, table: &Table, trail: Option<&str>) {
        let head = format!("table {}", table.process.node);
        match &table.source {
            TableSource::Entries(entries) => self.braces(&head, entries, entry_text, trail),
            TableSource::At(frame) => {
                self.line(&format!("{head} at {}", expr_text(frame)), trail);
            }
        }
    }

    /// A list in braces: on one line if it fits and holds no comment.
    fn braces<T>(&mut self, head: &str, list: &Items<T>, text: impl Fn(&T) -> String, trail: Option<&str>) {
        let bare = |item: &Item<T>| item.lead.is_empty() && item.trail.is_none();
        let items: Vec<String> = list.iter().map(text).collect();
        let one_line = match items.is_empty() {
            true => format!("{head} {{}}"),
            false => format!("{head} {{ {} }}", items.join(", ")),
        };
        let fits = one_line.chars().count() + 2 * self.indent <= LINE_WIDTH;
        if fits && list.tail.is_empty() && list.items.iter().all(bare) {
            return self.line(&one_line, trail);
        }
        self.line(&format!("{head} {{"), None);
        self.indent += 1;
        for (item, text) in list.items.iter().zip(&items) {
            self.trivia(&item.lead);
            self.line(text, item.trail.as_deref());
        }
        self.trivia(&list.tail);
        self.indent -= 1;
        self.line("}", trail);
    }

    fn looped(&mut self, head: &str, body: &Block, trail: Option<&str>) {
        self.line(head, None);
        self.indent += 1;
        self.block(body);
        self.indent -= 1;
        self.line("}", trail);
    }

    fn ask(&mut self, ask: &Ask, trail: Option<&str>) {
        self.prose("ask", &ask.question, ask.trail.as_deref().or(trail));
        self.indent += 1;
        for item in &ask.choices {
            self.trivia(&item.lead);
            let choice = &item.node;
            let word = if choice.right { "answer" } else { "choice" };
            let because = choice.because.as_ref().map(|text| format!(" because {}", quoted(text)));
            let text = format!("{word} {}{}", quoted(&choice.text), because.as_deref().unwrap_or(""));
            self.line(&text, item.trail.as_deref());
        }
        self.indent -= 1;
    }
}

fn quoted(text: &Text) -> String {
    string_text(text.node.as_bytes())
}

fn setting_text(setting: &Setting) -> String {
    let value = match &setting.value.node {
        SettingValue::Number(expr) => expr_text(expr),
        SettingValue::Word(word) => word.clone(),
    };
    format!("{} = {value}", setting.key.node)
}

fn part_text(part: &Part) -> String {
    match part {
        Part::Segment { kind, size } => format!("{} {}", kind.node.word(), expr_text(size)),
        Part::Needs(library) => format!("needs {}", quoted(library)),
    }
}

fn entry_text(entry: &TableEntry) -> String {
    let operand = |expr: &crate::ast::Expr| match &expr.node {
        crate::ast::ExprKind::Binary(..) => format!("({})", expr_text(expr)),
        _ => expr_text(expr),
    };
    let Permissions { read, write, execute } = entry.permissions.node;
    let flag = |granted: bool, letter: char| if granted { letter } else { '-' };
    format!(
        "{} -> {} {}{}{}",
        operand(&entry.page),
        operand(&entry.frame),
        flag(read, 'r'),
        flag(write, 'w'),
        flag(execute, 'x')
    )
}

fn file_text(word: &str, decl: &FileDecl) -> String {
    let mut out = format!("{word} {} size {}", quoted(&decl.name), expr_text(&decl.size));
    if let Some(fill) = &decl.fill {
        out.push_str(" fill ");
        out.push_str(&match &fill.node {
            Fill::Letters => "letters".to_string(),
            Fill::Zeros => "zeros".to_string(),
            Fill::Words => "words".to_string(),
            Fill::Text(bytes) => format!("text {}", string_text(bytes)),
            Fill::Ramp(start) => format!("ramp {}", expr_text(start)),
        });
    }
    if decl.cached {
        out.push_str(" cached");
    }
    out
}

fn source_text(source: &Source) -> String {
    match source {
        Source::Range { from, to, step } => {
            let step = step.as_ref().map(|step| format!(" step {}", expr_text(step)));
            format!("{}..{}{}", expr_text(from), expr_text(to), step.unwrap_or_default())
        }
        Source::List(items) => list_text(items),
        Source::Uniform { n, count, seed } => {
            format!("uniform({}, {}, {})", expr_text(n), expr_text(count), expr_text(seed))
        }
        Source::Zipf { n, alpha, count, seed } => {
            format!("zipf({}, {}, {}, {})", expr_text(n), decimal_text(*alpha), expr_text(count), expr_text(seed))
        }
        Source::Shuffle { n, seed } => {
            format!("shuffle({}, {})", expr_text(n), expr_text(seed))
        }
    }
}

fn expect_text(expect: &Expect) -> String {
    let scope = match &expect.scope {
        None => String::new(),
        Some(Scope::Base) => "in base ".to_string(),
        Some(Scope::Variant(name)) => format!("in {} ", quoted(name)),
    };
    let checks: Vec<String> = expect.checks.iter().map(|check| check_text(&check.node)).collect();
    format!("expect {scope}{}", checks.join(", "))
}

/// One check of an `expect` list, as it is written.
pub(crate) fn check_text(check: &Check) -> String {
    let number = |word: &str, n| format!("{word} {}", expr_text(n));
    match check {
        Check::Hit => "hit".to_string(),
        Check::Minor => "minor".to_string(),
        Check::Major => "major".to_string(),
        Check::Cow => "cow".to_string(),
        Check::Ok => "ok".to_string(),
        Check::Faults(n) => number("faults", n),
        Check::Errno(name) => name.clone(),
        Check::Signal { name, code: None } => name.clone(),
        Check::Signal { name, code: Some(code) } => format!("{name} {}", code.node),
        Check::Value(value) => number("value", value),
        Check::ValueText(bytes) => format!("value {}", string_text(bytes)),
        Check::ValueList(items) => format!("value {}", list_text(items)),
        Check::Counter(counter, n) => number(counter.name(), n),
        Check::Total(counter, n) => format!("total {}", number(counter.name(), n)),
        Check::Frames(n) => number("frames", n),
        Check::Cached(file, n) => number(&format!("cached {}", quoted(file)), n),
        Check::Dirty(file, n) => number(&format!("dirty {}", quoted(file)), n),
        Check::Swap(n) => number("swap", n),
        Check::Tables(n) => number("tables", n),
        Check::Rss(process, n) => number(&format!("rss {}", process.node), n),
        Check::Pss(process, n) => format!("pss {} {}", process.node, decimal_text(*n)),
        Check::Virtual(process, n) => number(&format!("virtual {}", process.node), n),
        Check::Evicts { page, fate } => {
            let page = match page {
                Evicted::File(file, n) => format!("{}:{}", quoted(file), expr_text(n)),
                Evicted::Private(process, address) => {
                    format!("{}[{}]", process.node, expr_text(address))
                }
            };
            let fate = fate.map(|fate| format!(" {}", fate.word())).unwrap_or_default();
            format!("evicts {page}{fate}")
        }
    }
}
