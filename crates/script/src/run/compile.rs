//! The syntax tree to a program. What the model cannot do yet is refused here, by name.

use super::code::{Code, Value};
use super::expect::{Check, Expectation, Test};
use super::program::{Choice, Instruction, Loop, LoopSource, Program, Prompt, Question, Step, StepInfo};
use super::world::{FillTemplate, ObjectTemplate};
use crate::arith::{apply, negate};
use crate::ast::{
    self, Block, DeviceDecl, Evicted, Expect, Expr, ExprKind, FileDecl, Items, Scope, Script, Setting, Source,
    StatementKind, Text,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fmt::{check_text, step_text};
use crate::span::{LineIndex, Span, Spanned};
use crate::vocabulary::constant;
use std::rc::Rc;
use vmcore::chunked::ChunkedMap;
use vmcore::config::Preset;
use vmcore::object::{Fill, ObjectKind};
use vmcore::units::NameId;

/// Compiles a valid script; what is wrong goes to `out`.
pub(super) fn compile(script: &Script, source: &str, out: &mut Diagnostics) -> Option<Program> {
    let before = out.has_errors();
    let mut compiler = Compiler {
        index: LineIndex::new(source),
        out,
        program: Program {
            title: None,
            about: Vec::new(),
            variants: Vec::new(),
            preset: Preset::Textbook,
            base: Vec::new(),
            machine_span: Span::default(),
            variant_settings: Vec::new(),
            objects: Vec::new(),
            images: Vec::new(),
            raw: Vec::new(),
            names: Vec::new(),
            processes: Vec::new(),
            variables: Vec::new(),
            code: Vec::new(),
            steps: Vec::new(),
            loops: Vec::new(),
            prompts: Vec::new(),
            expects: Vec::new(),
        },
        names: Interner::default(),
        processes: Interner::default(),
        variables: Interner::default(),
        scope: Vec::new(),
        questions: 0,
    };
    compiler.block(&script.body);
    let program = compiler.finish();
    if before || out.has_errors() {
        return None;
    }
    // Every machine of the script has to be possible, not only the one that is run first.
    let variants = std::iter::once(None).chain((0..program.variants.len()).map(Some));
    for variant in variants {
        if let Err(diagnostic) = program.setup(variant, &[]) {
            out.push(diagnostic);
        }
    }
    Some(program)
}

/// Numbers for names, in the order in which they are first met.
#[derive(Default)]
pub(super) struct Interner {
    numbers: ChunkedMap<Rc<str>, u32>,
    names: Vec<Rc<str>>,
}

impl Interner {
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let (number, name) = (self.names.len() as u32, Rc::from(name));
        self.names.push(Rc::clone(&name));
        self.numbers.insert(name, number);
        number
    }
}

pub(super) struct Compiler<'c> {
    index: LineIndex<'c>,
    pub(super) out: &'c mut Diagnostics,
    pub(super) program: Program,
    names: Interner,
    processes: Interner,
    pub(super) variables: Interner,
    /// The variables of the loops around, outermost first; `repeat` has none.
    scope: Vec<Option<String>>,
    questions: usize,
}

impl Compiler<'_> {
    fn finish(mut self) -> Program {
        self.program.names = self.names.names;
        self.program.processes = self.processes.names;
        self.program.variables = self.variables.names;
        self.program
    }

    /// Reports something that the language has and the model has not.
    pub(super) fn unknown_yet(&mut self, span: Span, what: &str) {
        self.out.push(Diagnostic::error(span, format!("the model does not know {what} yet")));
    }

    pub(super) fn file_name(&mut self, name: &str) -> NameId {
        NameId::new(self.names.number(name))
    }

    /// The number of a process; there are at most 1024.
    pub(super) fn process(&mut self, name: &str) -> u16 {
        self.processes.number(name) as u16
    }

    fn line(&self, span: Span) -> usize {
        self.index.line(span.start as usize)
    }

    fn block(&mut self, block: &Block) {
        for statement in block.iter() {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Spanned<StatementKind>) {
        let span = statement.span;
        match &statement.node {
            StatementKind::Title(text) => self.program.title = Some(shared(text)),
            StatementKind::About(text) => self.program.about.push(shared(text)),
            StatementKind::Machine(machine) => {
                self.program.machine_span = span;
                if machine.preset.as_ref().is_some_and(|preset| preset.node == "linux") {
                    self.program.preset = Preset::Linux;
                }
                self.program.base = settings(&machine.settings);
            }
            StatementKind::Variant(variant) => {
                self.program.variants.push(shared(&variant.name));
                self.program.variant_settings.push((span, settings(&variant.settings)));
            }
            StatementKind::File(decl) => self.object(decl, ObjectKind::File, span),
            StatementKind::Shm(decl) => self.object(decl, ObjectKind::Shm, span),
            StatementKind::Device(decl) => self.device(decl, span),
            StatementKind::Program(image) => self.image(image, true, span),
            StatementKind::Library(image) => self.image(image, false, span),
            StatementKind::Memory(memory) => {
                let template = self.memory(memory);
                self.program.raw.push((template, span));
            }
            StatementKind::Table(table) => {
                let template = self.table(table);
                self.program.raw.push((template, span));
            }
            StatementKind::Note(text) => self.prompt(Prompt::Note(shared(text))),
            StatementKind::Speaker(text) => self.prompt(Prompt::Speaker(shared(text))),
            StatementKind::Ask(ask) => self.ask(ask),
            StatementKind::Expect(expect) => self.expect(expect, span),
            StatementKind::Mark => self.program.code.push(Instruction::Mark),
            StatementKind::Step(step) => self.step(step, span),
            StatementKind::For(looped) => {
                let source = self.source(&looped.source.node);
                let variable = Some(looped.variable.node.as_str());
                self.looped(source, looped.source.span, variable, &looped.body);
            }
            StatementKind::Repeat(looped) => {
                let source = LoopSource::Repeat(self.value(&looped.count));
                self.looped(source, looped.count.span, None, &looped.body);
            }
        }
    }

    fn object(&mut self, decl: &FileDecl, kind: ObjectKind, span: Span) {
        let fill = match decl.fill.as_ref().map(|fill| &fill.node) {
            None | Some(ast::Fill::Letters) => FillTemplate::Ready(Fill::Letters),
            Some(ast::Fill::Zeros) => FillTemplate::Ready(Fill::Zeros),
            Some(ast::Fill::Words) => FillTemplate::Ready(Fill::Words),
            Some(ast::Fill::Text(bytes)) => FillTemplate::Ready(Fill::Text(bytes.as_slice().into())),
            Some(ast::Fill::Ramp(start)) => FillTemplate::Ramp(self.value(start)),
        };
        let name = self.file_name(&decl.name.node);
        let size = self.value(&decl.size);
        // What a memory object holds lies in memory.
        let cached = decl.cached || kind == ObjectKind::Shm && decl.fill.is_some();
        self.program.objects.push(ObjectTemplate { name, kind, size, fill, cached, span });
    }

    fn device(&mut self, decl: &DeviceDecl, span: Span) {
        let (name, size) = (self.file_name(&decl.name.node), self.value(&decl.size));
        let fill = FillTemplate::Ready(Fill::Zeros);
        let kind = ObjectKind::Device;
        self.program.objects.push(ObjectTemplate { name, kind, size, fill, cached: false, span });
    }

    fn prompt(&mut self, prompt: Prompt) {
        self.program.code.push(Instruction::Prompt(self.program.prompts.len() as u32));
        self.program.prompts.push(prompt);
    }

    fn ask(&mut self, ask: &ast::Ask) {
        self.questions += 1;
        let choices = ask.choices.iter().map(|item| Choice {
            text: shared(&item.node.text),
            right: item.node.right,
            because: item.node.because.as_ref().map(shared),
        });
        let question = Question { number: self.questions, text: shared(&ask.question), choices: choices.collect() };
        self.prompt(Prompt::Ask(Rc::new(question)));
    }

    fn step(&mut self, step: &ast::Step, span: Span) {
        let kernel = step.process.node == crate::validate::KERNEL;
        let pid = (!kernel).then(|| self.process(&step.process.node));
        let fork = matches!(&step.action, ast::Action::Call(call) if call.name.node == "fork");
        let bind = step.bind.as_ref().filter(|_| !fork).map(|name| self.variables.number(&name.node));
        let Some(action) = self.lower(step) else {
            return;
        };
        let info = StepInfo {
            span,
            line: self.line(span),
            process: step.process.node.as_str().into(),
            text: step_text(step).into(),
        };
        self.program.code.push(Instruction::Step(self.program.steps.len() as u32));
        self.program.steps.push(Step { info, pid, bind, action });
    }

    fn source(&mut self, source: &Source) -> LoopSource {
        match source {
            Source::Range { from, to, step } => LoopSource::Range {
                from: self.value(from),
                to: self.value(to),
                step: step.as_ref().map(|step| self.value(step)),
            },
            Source::List(items) => LoopSource::List(items.iter().map(|item| self.value(item)).collect()),
            Source::Uniform { n, count, seed } => {
                LoopSource::Uniform { n: self.value(n), count: self.value(count), seed: self.value(seed) }
            }
            Source::Zipf { n, alpha, count, seed } => {
                LoopSource::Zipf { n: self.value(n), alpha: *alpha, count: self.value(count), seed: self.value(seed) }
            }
            Source::Shuffle { n, seed } => LoopSource::Shuffle { n: self.value(n), seed: self.value(seed) },
        }
    }

    fn looped(&mut self, source: LoopSource, span: Span, variable: Option<&str>, body: &Block) {
        let number = self.program.loops.len();
        self.program.code.push(Instruction::Enter(number as u32));
        let start = self.program.code.len();
        let variable_name = variable.map(Rc::from);
        self.program.loops.push(Loop { source, span, variable: variable_name, body: start, end: start });
        self.scope.push(variable.map(str::to_owned));
        self.block(body);
        self.scope.pop();
        self.program.code.push(Instruction::Again(number as u32));
        self.program.loops[number].end = self.program.code.len();
    }

    /// An expression, with constants worked out.
    pub(super) fn value(&mut self, expr: &Expr) -> Value {
        Value { code: self.code(expr), span: expr.span }
    }

    fn code(&mut self, expr: &Expr) -> Code {
        match &expr.node {
            ExprKind::Int(int) => Code::Const(int.value),
            ExprKind::Name(name) => self.name(name, expr.span),
            ExprKind::Neg(inner) => match self.code(inner) {
                Code::Const(value) => {
                    negate(value).map_or_else(|_| Code::Neg(Box::new(Code::Const(value)), expr.span), Code::Const)
                }
                code => Code::Neg(Box::new(code), expr.span),
            },
            ExprKind::Binary(op, left, right) => match (self.code(left), self.code(right)) {
                (Code::Const(left), Code::Const(right)) if apply(*op, left, right).is_ok() => {
                    Code::Const(apply(*op, left, right).unwrap_or_default())
                }
                operands => Code::Binary(*op, Box::new(operands), expr.span),
            },
        }
    }

    /// A constant, a loop variable, or else a variable of the process.
    pub(super) fn name(&mut self, name: &str, span: Span) -> Code {
        match name {
            "PAGE" => return Code::Page,
            "NULL" => return Code::Const(0),
            _ => {}
        }
        if let Some(constant) = constant(name) {
            return Code::Const(constant.value);
        }
        // The innermost loop of that name.
        if let Some(depth) = self.scope.iter().rposition(|variable| variable.as_deref() == Some(name)) {
            return Code::Loop(depth as u32);
        }
        Code::Variable(self.variables.number(name), span)
    }

    fn expect(&mut self, expect: &Expect, span: Span) {
        let scope = match &expect.scope {
            None => None,
            Some(Scope::Base) => Some(None),
            Some(Scope::Variant(name)) => Some(self.program.variant(&name.node)),
        };
        let checks = expect.checks.iter().map(|check| Check {
            span: check.span,
            text: check_text(&check.node).into(),
            test: self.test(&check.node),
        });
        let checks = checks.collect();
        let expectation = Expectation { line: self.line(span), scope, checks };
        self.program.code.push(Instruction::Expect(self.program.expects.len() as u32));
        self.program.expects.push(expectation);
    }

    fn test(&mut self, check: &ast::Check) -> Test {
        match check {
            ast::Check::Hit => Test::Hit,
            ast::Check::Minor => Test::Minor,
            ast::Check::Major => Test::Major,
            ast::Check::Cow => Test::Cow,
            ast::Check::Ok => Test::Ok,
            ast::Check::Faults(n) => Test::Faults(self.value(n)),
            ast::Check::Errno(name) => Test::Errno(name.as_str().into()),
            ast::Check::Signal { name, code } => {
                Test::Signal { name: name.as_str().into(), code: code.as_ref().map(|code| code.node.as_str().into()) }
            }
            ast::Check::Value(value) => Test::Value(self.value(value)),
            ast::Check::ValueText(bytes) => {
                let value = |&byte: &u8| Value { code: Code::Const(byte.into()), span: Span::default() };
                Test::Bytes(bytes.iter().map(value).collect())
            }
            ast::Check::ValueList(items) => Test::Bytes(items.iter().map(|item| self.value(item)).collect()),
            ast::Check::Counter(counter, n) => Test::Counter(*counter, self.value(n)),
            ast::Check::Total(counter, n) => Test::Total(*counter, self.value(n)),
            ast::Check::Frames(n) => Test::Frames(self.value(n)),
            ast::Check::Cached(file, n) => Test::Cached(self.file_name(&file.node), self.value(n)),
            ast::Check::Dirty(file, n) => Test::Dirty(self.file_name(&file.node), self.value(n)),
            ast::Check::Swap(n) => Test::Swap(self.value(n)),
            ast::Check::Tables(n) => Test::Tables(self.value(n)),
            ast::Check::Rss(process, n) => Test::Rss(self.process(&process.node), self.value(n)),
            ast::Check::Pss(process, n) => Test::Pss(self.process(&process.node), *n),
            ast::Check::Virtual(process, n) => Test::Virtual(self.process(&process.node), self.value(n)),
            ast::Check::Evicts { page: Evicted::File(file, n), fate } => {
                Test::EvictsFile { name: self.file_name(&file.node), page: self.value(n), fate: *fate }
            }
            ast::Check::Evicts { page: Evicted::Private(process, address), fate } => {
                Test::EvictsPrivate { pid: self.process(&process.node), address: self.value(address), fate: *fate }
            }
        }
    }
}

fn settings(settings: &Items<Setting>) -> Vec<Setting> {
    settings.iter().cloned().collect()
}

fn shared(text: &Text) -> Rc<str> {
    text.node.as_str().into()
}
