//! Steps and expectations: calls, their arguments, the names in expressions.

use super::constant_value;
use super::names::{KERNEL, Names};
use crate::ast::{
    Action, Arg, ArgKind, Block, Call, Check, Evicted, Expect, Expr, ExprKind, Fill, Index, Name, Place, Script,
    Source, StatementKind, Step, TableSource, Text,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::span::Span;
use crate::suggest::did_you_mean;
use crate::vocabulary::{BUILT_IN, CONSTANTS, Call as Known, Family, Group, ParamKind, call, constant};

/// Whose names an expression may use.
#[derive(Clone, Copy)]
enum Whose<'n> {
    /// Constants and loop variables only.
    Nobody,
    /// Those of this process too.
    Process(&'n str),
    /// Those of any process: of the one that took the last step, which the run tells.
    Anybody,
}

struct Steps<'a> {
    names: &'a Names,
    broken: bool,
    out: &'a mut Diagnostics,
    /// The loop variables in scope.
    loops: Vec<&'a str>,
}

pub(super) fn check(script: &Script, names: &Names, broken: bool, out: &mut Diagnostics) {
    Steps { names, broken, out, loops: Vec::new() }.block(&script.body);
}

impl<'a> Steps<'a> {
    fn block(&mut self, block: &'a Block) {
        for statement in block.iter() {
            match &statement.node {
                StatementKind::Step(step) => self.step(step),
                StatementKind::Expect(expect) => self.expect(expect),
                StatementKind::For(looped) => {
                    self.not_constant(&looped.variable);
                    self.source(&looped.source.node);
                    self.loops.push(&looped.variable.node);
                    self.block(&looped.body);
                    self.loops.pop();
                }
                StatementKind::Repeat(looped) => {
                    self.expr(&looped.count, Whose::Nobody);
                    self.block(&looped.body);
                }
                StatementKind::File(decl) | StatementKind::Shm(decl) => {
                    self.expr(&decl.size, Whose::Nobody);
                    if let Some(Fill::Ramp(start)) = decl.fill.as_ref().map(|fill| &fill.node) {
                        self.expr(start, Whose::Nobody);
                    }
                }
                StatementKind::Device(decl) => self.expr(&decl.size, Whose::Nobody),
                StatementKind::Program(image) | StatementKind::Library(image) => {
                    for part in image.parts.iter() {
                        if let crate::ast::Part::Segment { size, .. } = part {
                            self.expr(size, Whose::Nobody);
                        }
                    }
                }
                StatementKind::Memory(memory) => self.expr(&memory.frame, Whose::Nobody),
                StatementKind::Table(table) => match &table.source {
                    TableSource::At(frame) => self.expr(frame, Whose::Nobody),
                    TableSource::Entries(entries) => {
                        for entry in entries.iter() {
                            self.expr(&entry.page, Whose::Nobody);
                            self.expr(&entry.frame, Whose::Nobody);
                        }
                    }
                },
                _ => {}
            }
        }
    }

    fn source(&mut self, source: &Source) {
        let exprs: Vec<&Expr> = match source {
            Source::Range { from, to, step } => [from, to].into_iter().chain(step).collect(),
            Source::List(items) => items.iter().collect(),
            Source::Uniform { n, count, seed } => vec![n, count, seed],
            Source::Zipf { n, count, seed, .. } => vec![n, count, seed],
            Source::Shuffle { n, seed } => vec![n, seed],
        };
        for expr in exprs {
            self.expr(expr, Whose::Nobody);
        }
        if let Source::Range { step: Some(step), .. } = source
            && constant_value(step, self.out) == Some(0)
        {
            self.error(step.span, "a step of 0 leads nowhere");
        }
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.out.push(Diagnostic::error(span, message));
    }

    fn not_constant(&mut self, name: &Name) {
        if constant(&name.node).is_some() || BUILT_IN.contains(&name.node.as_str()) {
            let message = format!("`{}` is a constant and cannot be bound", name.node);
            self.error(name.span, message);
        }
    }

    fn step(&mut self, step: &Step) {
        let process = step.process.node.as_str();
        let whose = if process == KERNEL { Whose::Nobody } else { Whose::Process(process) };
        if let Some(name) = &step.bind {
            self.not_constant(name);
            self.binding(step, name);
        }
        match &step.action {
            Action::Call(call) => self.call(step, call, whose),
            Action::Load(place) | Action::Fetch(place) => {
                self.access(step);
                self.place(place, whose);
            }
            Action::Store(place, value) => {
                self.access(step);
                self.place(place, whose);
                self.store(place, value, whose);
            }
        }
    }

    /// What may be bound: one number.
    fn binding(&mut self, step: &Step, name: &Name) {
        let (message, help) = match &step.action {
            Action::Load(Place { index: Index::Range(..), .. }) => {
                ("a range gives several bytes; a name holds one number", "leave the name away")
            }
            Action::Fetch(Place { index: Index::Range(..), .. }) => {
                ("a range gives several bytes; a name holds one number", "leave the name away")
            }
            Action::Store(..) => ("a store gives nothing that could be bound", "leave the name away"),
            _ => return,
        };
        self.out.push(Diagnostic::error(name.span, message).help(help.to_string()));
    }

    /// The kernel's steps are calls of its own.
    fn access(&mut self, step: &Step) {
        if step.process.node == KERNEL {
            self.out.push(
                Diagnostic::error(step.process.span, "`kernel` is no process: it has no memory")
                    .expected("a kernel call such as `drop_caches(\"FILE\")`"),
            );
        }
    }

    fn store(&mut self, place: &Place, value: &Arg, whose: Whose<'_>) {
        if let Index::Range(from, to) = &place.index {
            let span = from.span.to(to.span);
            let diagnostic = Diagnostic::error(span, "a range can be loaded, not stored to");
            let help = "store a string: `a[e] = \"…\"` stores its bytes from e on";
            self.out.push(diagnostic.help(help.to_string()));
        }
        match &value.node {
            ArgKind::Expr(expr) => {
                self.expr(expr, whose);
                self.byte(expr);
            }
            ArgKind::Memory(_) => {
                let help = "load it in a step of its own, `P: x = a[e]`, then store `x`";
                let message = "a store takes a number, a string or a list of bytes";
                self.out.push(Diagnostic::error(value.span, message).help(help.to_string()));
            }
            ArgKind::Text(bytes) if bytes.is_empty() => {
                self.error(value.span, "an empty string stores nothing");
            }
            _ => self.data(value, whose),
        }
    }

    /// A constant that is stored has to be a byte.
    fn byte(&mut self, expr: &Expr) {
        if let Some(value) = constant_value(expr, self.out)
            && !(0..=255).contains(&value)
        {
            let message = format!("{value} is no byte");
            self.out.push(Diagnostic::error(expr.span, message).expected("a number from 0 to 255"));
        }
    }

    fn data(&mut self, data: &Arg, whose: Whose<'_>) {
        match &data.node {
            ArgKind::Text(_) => {}
            ArgKind::List(items) => {
                for item in items {
                    self.expr(item, whose);
                    self.byte(item);
                }
            }
            ArgKind::Fill(byte, count) => {
                self.expr(byte, whose);
                self.byte(byte);
                self.expr(count, whose);
            }
            ArgKind::Memory(place) => {
                self.place(place, whose);
                if matches!(whose, Whose::Nobody) {
                    let message = "the kernel's data cannot come from a process's memory";
                    self.error(data.span, message);
                }
                if let Index::One(_) = place.index {
                    let diagnostic = Diagnostic::error(data.span, "this is one byte, not data");
                    self.out.push(diagnostic.expected("a range: `a[e..f]`"));
                }
            }
            ArgKind::Expr(_) => {
                self.out.push(
                    Diagnostic::error(data.span, "this is a number, not data")
                        .expected("a string, a list of bytes `[1, 2]`, `fill(byte, n)` or `a[e..f]`"),
                );
            }
        }
    }

    fn place(&mut self, place: &Place, whose: Whose<'_>) {
        if let Some(base) = &place.base {
            self.variable(&base.node, base.span, whose);
        }
        match &place.index {
            Index::One(at) => self.expr(at, whose),
            Index::Range(from, to) => {
                self.expr(from, whose);
                self.expr(to, whose);
            }
        }
    }

    fn call(&mut self, step: &Step, used: &Call, whose: Whose<'_>) {
        // An unknown call has been reported by the parser.
        let Some(known) = call(&used.name.node) else {
            return;
        };
        self.caller(step, used, known);
        if known.name == "fork" && step.bind.is_none() {
            let diagnostic = Diagnostic::error(used.name.span, "the child needs a name");
            self.out.push(diagnostic.expected("`B = fork()`: the new process is called B"));
        }
        let given = used.args.len();
        if given < known.required() || given > known.params.len() {
            let message = format!("`{}` does not take {given} arguments", known.name);
            let diagnostic = Diagnostic::error(used.name.span, message);
            self.out.push(diagnostic.expected(format!("`{}`", known.signature())));
        }
        // `iommu_map` speaks of an address of the process that it names.
        let whose = match (known.name, used.args.get(2).map(|arg| &arg.node)) {
            ("iommu_map", Some(ArgKind::Expr(expr))) => match &expr.node {
                ExprKind::Name(process) => Whose::Process(process),
                _ => whose,
            },
            _ => whose,
        };
        for (arg, param) in used.args.iter().zip(known.params) {
            self.arg(arg, param.kind, param.name, known, whose);
        }
        self.spelled_object(used, known);
    }

    fn caller(&mut self, step: &Step, used: &Call, known: &Known) {
        let by_kernel = step.process.node == KERNEL;
        if by_kernel == (known.group == Group::Kernel) {
            return;
        }
        let diagnostic = match by_kernel {
            true => Diagnostic::error(
                step.process.span,
                format!("`{}` is called by a process, not by the kernel", known.name),
            ),
            false => Diagnostic::error(used.name.span, format!("`{}` is a call of the kernel's own", known.name))
                .help(format!("write `kernel: {}`", known.signature())),
        };
        self.out.push(diagnostic);
    }

    fn arg(&mut self, arg: &Arg, kind: ParamKind, name: &str, known: &Known, whose: Whose<'_>) {
        let wrong = |expected: &str| {
            let message = format!("this is not what `{}` takes as {name}", known.name);
            Diagnostic::error(arg.span, message).expected(expected)
        };
        match (kind, &arg.node) {
            (ParamKind::Object | ParamKind::Device, ArgKind::Text(bytes)) => match std::str::from_utf8(bytes) {
                Err(_) => self.error(arg.span, "this name is not text in UTF-8"),
                Ok(name) if kind == ParamKind::Device => self.device(name, arg.span),
                Ok(_) => {}
            },
            (ParamKind::Object | ParamKind::Device, ArgKind::Expr(expr)) => {
                let help = match &expr.node {
                    ExprKind::Name(name) => Some(format!("a name is a string: \"{name}\"")),
                    _ => None,
                };
                self.out.push(wrong("a name, as a string").help(help));
            }
            (ParamKind::Process, ArgKind::Expr(expr)) => match &expr.node {
                ExprKind::Name(process) => self.process(process, expr.span),
                _ => self.out.push(wrong("a process")),
            },
            (ParamKind::Access, ArgKind::Expr(expr)) => match &expr.node {
                ExprKind::Name(word) if ["read", "write", "fetch"].contains(&word.as_str()) => {}
                _ => self.out.push(wrong("`read`, `write` or `fetch`")),
            },
            (ParamKind::Flags(family), ArgKind::Expr(expr)) => self.flags(expr, family, whose),
            (ParamKind::Descriptor | ParamKind::Number | ParamKind::Address, ArgKind::Expr(expr)) => {
                self.expr(expr, whose)
            }
            (ParamKind::Data, _) => self.data(arg, whose),
            (_, ArgKind::Memory(_)) => {
                let help = "a load is a step of its own: `P: x = a[e]`, then pass `x`".to_string();
                self.out.push(wrong("a number").help(help));
            }
            (ParamKind::Object | ParamKind::Device, _) => {
                self.out.push(wrong("a name, as a string"));
            }
            (ParamKind::Process, _) => self.out.push(wrong("a process")),
            (ParamKind::Access, _) => self.out.push(wrong("`read`, `write` or `fetch`")),
            (ParamKind::Flags(family), _) => {
                let expected = format!("constants `{}…`, joined by `|`", family.prefix());
                self.out.push(wrong(&expected));
            }
            (ParamKind::Descriptor | ParamKind::Number | ParamKind::Address, _) => {
                self.out.push(wrong("a number"));
            }
        }
    }

    /// Devices are all declared: none can come into being later.
    fn device(&mut self, name: &str, span: Span) {
        if self.names.devices.contains_key(name) || self.broken {
            return;
        }
        let help = did_you_mean(name, self.names.devices.keys().map(String::as_str));
        let message = match self.names.objects.contains_key(name) {
            true => format!("\"{name}\" is no device"),
            false => format!("there is no device \"{name}\""),
        };
        self.out.push(Diagnostic::error(span, message).expected("a device of this script").help(help));
    }

    /// A name that nothing has, but something nearly: the call will fail, which is rarely meant.
    fn spelled_object(&mut self, used: &Call, known: &Known) {
        let Some((ArgKind::Text(bytes), span)) = used.args.first().map(|a| (&a.node, a.span)) else {
            return;
        };
        let name = String::from_utf8_lossy(bytes);
        let kind = known.params.first().map(|param| param.kind);
        let object = kind == Some(ParamKind::Object);
        if !object || self.names.objects.contains_key(name.as_ref()) {
            return;
        }
        let help = did_you_mean(&name, self.names.objects.keys().map(String::as_str));
        if help.is_some() {
            let message = format!("there is no \"{name}\" in this script");
            self.out.push(Diagnostic::warning(span, message).help(help));
        }
    }

    /// Constants of one family; another's is probably in the wrong place.
    fn flags(&mut self, expr: &Expr, family: Family, whose: Whose<'_>) {
        match &expr.node {
            ExprKind::Name(name) => match constant(name) {
                Some(other) if other.family != family => {
                    let message = format!("`{name}` does not belong here");
                    let expected = format!("constants `{}…`", family.prefix());
                    self.out.push(Diagnostic::warning(expr.span, message).expected(expected));
                }
                Some(_) => {}
                None => self.name(name, expr.span, whose, Some(family)),
            },
            ExprKind::Binary(_, left, right) => {
                self.flags(left, family, whose);
                self.flags(right, family, whose);
            }
            ExprKind::Neg(inner) => self.flags(inner, family, whose),
            ExprKind::Int(_) => {}
        }
    }

    fn process(&mut self, name: &str, span: Span) {
        if self.names.processes.contains_key(name) || self.broken {
            return;
        }
        let help = did_you_mean(name, self.names.processes.keys().map(String::as_str));
        let diagnostic = Diagnostic::error(span, format!("there is no process `{name}`"));
        self.out.push(diagnostic.expected("a process of this script").help(help));
    }

    fn expr(&mut self, expr: &Expr, whose: Whose<'_>) {
        // Says overflow and division by zero at once where they are constant.
        constant_value(expr, self.out);
        self.names_in(expr, whose);
    }

    fn names_in(&mut self, expr: &Expr, whose: Whose<'_>) {
        match &expr.node {
            ExprKind::Int(_) => {}
            ExprKind::Name(name) => self.name(name, expr.span, whose, None),
            ExprKind::Neg(inner) => self.names_in(inner, whose),
            ExprKind::Binary(_, left, right) => {
                self.names_in(left, whose);
                self.names_in(right, whose);
            }
        }
    }

    /// A name in an expression: a constant, a loop variable or a variable.
    fn name(&mut self, name: &str, span: Span, whose: Whose<'_>, family: Option<Family>) {
        if constant(name).is_some() || BUILT_IN.contains(&name) {
            return;
        }
        let looks_constant = name.contains('_') && !name.bytes().any(|b| b.is_ascii_lowercase());
        if (family.is_none() && !looks_constant) || self.bound(name, whose) {
            return self.variable(name, span, whose);
        }
        let of_family = CONSTANTS.iter().filter(|entry| family.is_none_or(|family| entry.family == family));
        let all = CONSTANTS.iter();
        let help = did_you_mean(name, of_family.map(|entry| entry.name))
            .or_else(|| did_you_mean(name, all.map(|entry| entry.name)));
        let expected = match family {
            Some(family) => format!("constants `{}…`, joined by `|`", family.prefix()),
            None => "a constant or a variable".to_string(),
        };
        let message = format!("unknown constant `{name}`");
        self.out.push(Diagnostic::error(span, message).expected(expected).help(help));
    }

    fn bound(&self, name: &str, whose: Whose<'_>) -> bool {
        self.loops.contains(&name)
            || match whose {
                Whose::Nobody => false,
                Whose::Process(process) => self.names.binds(process, name),
                Whose::Anybody => self.names.owner(name).is_some(),
            }
    }

    fn variable(&mut self, name: &str, span: Span, whose: Whose<'_>) {
        if self.bound(name, whose) || self.broken {
            return;
        }
        if self.out.is_full() {
            return self.error(span, format!("unknown name `{name}`"));
        }
        let of_process: Vec<&str> = match whose {
            Whose::Nobody | Whose::Anybody => Vec::new(),
            Whose::Process(process) => self.names.of(process),
        };
        let constants = CONSTANTS.iter().map(|entry| entry.name).chain(BUILT_IN.iter().copied());
        let near = did_you_mean(name, of_process.into_iter().chain(self.loops.iter().copied()))
            .or_else(|| did_you_mean(name, constants));
        let help = near.or_else(|| {
            let owner = self.names.owner(name)?;
            Some(match whose {
                Whose::Process(process) => {
                    format!("`{name}` is a variable of {owner}; {process} has variables of its own")
                }
                _ => format!("`{name}` is a variable of {owner}, which cannot be used here"),
            })
        });
        let message = format!("unknown name `{name}`");
        self.out.push(Diagnostic::error(span, message).help(help));
    }

    fn expect(&mut self, expect: &Expect) {
        for check in &expect.checks {
            match &check.node {
                Check::Faults(n)
                | Check::Value(n)
                | Check::Counter(_, n)
                | Check::Total(_, n)
                | Check::Frames(n)
                | Check::Swap(n)
                | Check::Tables(n) => self.expr(n, Whose::Anybody),
                Check::ValueList(items) => {
                    for item in items {
                        self.expr(item, Whose::Anybody);
                    }
                }
                Check::Cached(file, n) | Check::Dirty(file, n) => {
                    self.known_object(file);
                    self.expr(n, Whose::Anybody);
                }
                Check::Rss(process, n) | Check::Virtual(process, n) => {
                    self.process(&process.node, process.span);
                    self.expr(n, Whose::Anybody);
                }
                Check::Pss(process, _) => self.process(&process.node, process.span),
                Check::Evicts { page: Evicted::File(file, n), .. } => {
                    self.known_object(file);
                    self.expr(n, Whose::Anybody);
                }
                Check::Evicts { page: Evicted::Private(process, address), .. } => {
                    self.process(&process.node, process.span);
                    self.expr(address, Whose::Process(&process.node));
                }
                Check::Hit
                | Check::Minor
                | Check::Major
                | Check::Cow
                | Check::Ok
                | Check::Errno(_)
                | Check::Signal { .. }
                | Check::ValueText(_) => {}
            }
        }
    }

    /// A file that an expectation speaks of.
    fn known_object(&mut self, name: &Text) {
        if self.names.objects.contains_key(&name.node) || self.broken {
            return;
        }
        let help = did_you_mean(&name.node, self.names.objects.keys().map(String::as_str));
        let message = format!("there is no \"{}\" in this script", name.node);
        self.out.push(Diagnostic::error(name.span, message).help(help));
    }
}
