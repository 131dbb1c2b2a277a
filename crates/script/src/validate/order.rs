//! Where statements may stand, what is declared twice, and whether questions can be answered.

use super::constant_value;
use super::names::Names;
use crate::ast::{Ask, Block, Expect, Expr, Part, Scope, Script, Segment, Statement, StatementKind, Text};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::span::Span;
use crate::suggest::did_you_mean;
use vmcore::chunked::ChunkedMap;
use vmcore::sorted::SortedMap;

/// Greatest size of a file in bytes: what C's `off_t` holds.
const MAX_SIZE: i128 = i64::MAX as i128;

struct Order<'a> {
    names: &'a Names,
    out: &'a mut Diagnostics,
    /// The first step, once one has been seen.
    first_step: Option<Span>,
    /// A note or question that waits for its step.
    waiting: Option<Span>,
    title: Option<Span>,
    machine: Option<Span>,
    /// Files, objects, devices, programs, libraries: one space of names.
    objects: ChunkedMap<String, Span>,
    variants: ChunkedMap<String, Span>,
    tables: ChunkedMap<String, Span>,
}

pub(super) fn check(script: &Script, names: &Names, out: &mut Diagnostics) {
    let mut order = Order {
        names,
        out,
        first_step: None,
        waiting: None,
        title: None,
        machine: None,
        objects: ChunkedMap::default(),
        variants: ChunkedMap::default(),
        tables: ChunkedMap::default(),
    };
    order.block(&script.body, false);
    if let Some(span) = order.waiting {
        let message = "no step follows, so this is never shown";
        order.out.push(Diagnostic::warning(span, message));
    }
}

impl Order<'_> {
    fn block(&mut self, block: &Block, looped: bool) {
        for statement in &block.items {
            self.placed(statement, looped);
            self.statement(statement);
        }
    }

    /// Directives stand before the first step and outside loops.
    fn placed(&mut self, statement: &Statement, looped: bool) {
        let Some(word) = declaring_word(&statement.node.node) else {
            return;
        };
        let message = match (self.first_step, looped) {
            (None, false) => return,
            (Some(_), false) => format!("`{word}` must stand before the first step"),
            (_, true) => format!("`{word}` cannot stand in a loop"),
        };
        let mut diagnostic = Diagnostic::error(statement.node.span, message);
        if let Some(first) = self.first_step {
            diagnostic = diagnostic.label(first, "the first step");
        }
        self.out.push(diagnostic);
    }

    fn statement(&mut self, statement: &Statement) {
        let span = statement.node.span;
        match &statement.node.node {
            StatementKind::Title(_) => {
                self.once("title", self.title, span);
                self.title.get_or_insert(span);
            }
            StatementKind::Machine(_) => {
                self.once("machine", self.machine, span);
                self.machine.get_or_insert(span);
            }
            StatementKind::Variant(variant) => {
                declare(&mut self.variants, "variant", &variant.name, self.out);
            }
            StatementKind::File(decl) | StatementKind::Shm(decl) => {
                self.object(&decl.name);
                self.size(&decl.size, 0, "a size");
            }
            StatementKind::Device(decl) => {
                self.object(&decl.name);
                self.size(&decl.size, 1, "a device's size");
            }
            StatementKind::Program(image) | StatementKind::Library(image) => {
                self.object(&image.name);
                self.parts(image.parts.iter(), matches!(statement.node.node, StatementKind::Library(_)));
            }
            StatementKind::Table(table) => {
                let name = &table.process;
                if let Some(first) = self.tables.insert(name.node.clone(), name.span) {
                    let message = format!("process `{}` has two tables", name.node);
                    let twice = Diagnostic::error(name.span, message);
                    self.out.push(twice.label(first, "the first"));
                }
            }
            StatementKind::Note(_) | StatementKind::Speaker(_) => self.waiting = Some(span),
            StatementKind::Ask(ask) => {
                self.waiting = Some(span);
                self.ask(ask, span);
            }
            StatementKind::Expect(expect) => self.expect(expect, span),
            StatementKind::Step(_) => {
                self.first_step.get_or_insert(span);
                self.waiting = None;
            }
            StatementKind::For(looped) => self.block(&looped.body, true),
            StatementKind::Repeat(looped) => self.block(&looped.body, true),
            StatementKind::About(_) | StatementKind::Memory(_) | StatementKind::Mark => {}
        }
    }

    fn once(&mut self, word: &str, first: Option<Span>, span: Span) {
        if let Some(first) = first {
            let diagnostic = Diagnostic::error(span, format!("a second `{word}`"));
            self.out.push(diagnostic.label(first, "the first"));
        }
    }

    fn object(&mut self, name: &Text) {
        if name.node.is_empty() {
            self.out.push(Diagnostic::error(name.span, "an empty name"));
        }
        declare(&mut self.objects, "file or object", name, self.out);
    }

    fn size(&mut self, size: &Expr, least: i128, what: &str) {
        let Some(value) = constant_value(size, self.out) else {
            return;
        };
        if value < least || value > MAX_SIZE {
            let message = format!("{value} is no size in bytes");
            let expected = format!("{what} from {least} to 2^63 - 1");
            self.out.push(Diagnostic::error(size.span, message).expected(expected));
        }
    }

    fn parts<'p>(&mut self, parts: impl Iterator<Item = &'p Part>, library: bool) {
        let mut seen: SortedMap<Segment, Span> = SortedMap::default();
        for part in parts {
            match part {
                Part::Segment { kind, size } => {
                    self.size(size, 0, "a size");
                    if library && kind.node == Segment::Stack {
                        self.out.push(Diagnostic::error(kind.span, "a library has no stack: it runs on the program's"));
                    }
                    if let Some(first) = seen.insert(kind.node, kind.span) {
                        let message = format!("a second `{}`", kind.node.word());
                        let diagnostic = Diagnostic::error(kind.span, message);
                        self.out.push(diagnostic.label(first, "the first"));
                    }
                }
                Part::Needs(library) if !self.names.libraries.contains_key(&library.node) => {
                    let known = self.names.libraries.keys().map(String::as_str);
                    let help = did_you_mean(&library.node, known);
                    let message = format!("there is no library \"{}\"", library.node);
                    let diagnostic = Diagnostic::error(library.span, message);
                    self.out.push(diagnostic.expected("a library of this script").help(help));
                }
                Part::Needs(_) => {}
            }
        }
    }

    fn ask(&mut self, ask: &Ask, span: Span) {
        let right: Vec<_> = ask.choices.iter().filter(|choice| choice.node.right).collect();
        let diagnostic = match right[..] {
            [_] => return,
            [] if ask.choices.is_empty() => Diagnostic::error(span, "this question has nothing to choose from")
                .expected("lines `choice \"…\"` and one line `answer \"…\"` below the question"),
            [] => Diagnostic::error(ask.question.span, "this question has no right answer")
                .expected("exactly one `answer` among the choices"),
            [first, second, ..] => Diagnostic::error(second.node.text.span, "this question has two right answers")
                .expected("exactly one `answer` among the choices")
                .label(first.node.text.span, "the first"),
        };
        self.out.push(diagnostic);
    }

    fn expect(&mut self, expect: &Expect, span: Span) {
        if self.first_step.is_none() {
            let message = "an expectation speaks of the step before it, and there is none";
            self.out.push(Diagnostic::error(span, message));
        }
        if let Some(Scope::Variant(name)) = &expect.scope
            && !self.variants.contains_key(&name.node)
        {
            let help = did_you_mean(&name.node, self.variants.keys().map(String::as_str));
            let message = format!("there is no variant \"{}\"", name.node);
            let diagnostic = Diagnostic::error(name.span, message);
            self.out.push(diagnostic.expected("`base` or a variant of this script").help(help));
        }
    }
}

fn declare(known: &mut ChunkedMap<String, Span>, what: &str, name: &Text, out: &mut Diagnostics) {
    if let Some(&first) = known.get(&name.node) {
        let message = format!("a second {what} \"{}\"", name.node);
        out.push(Diagnostic::error(name.span, message).label(first, "the first"));
        return;
    }
    known.insert(name.node.clone(), name.span);
}

/// The word of a statement that may only stand before the first step.
fn declaring_word(kind: &StatementKind) -> Option<&'static str> {
    Some(match kind {
        StatementKind::Title(_) => "title",
        StatementKind::About(_) => "about",
        StatementKind::Machine(_) => "machine",
        StatementKind::Variant(_) => "variant",
        StatementKind::File(_) => "file",
        StatementKind::Shm(_) => "shm",
        StatementKind::Device(_) => "device",
        StatementKind::Program(_) => "program",
        StatementKind::Library(_) => "library",
        StatementKind::Memory(_) => "memory",
        StatementKind::Table(_) => "table",
        StatementKind::Note(_)
        | StatementKind::Speaker(_)
        | StatementKind::Ask(_)
        | StatementKind::Expect(_)
        | StatementKind::Mark
        | StatementKind::Step(_)
        | StatementKind::For(_)
        | StatementKind::Repeat(_) => return None,
    })
}
