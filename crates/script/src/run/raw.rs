//! `memory` and `table`: raw memory and page tables for exercises in translation.

use super::code::{Env, Value};
use super::compile::Compiler;
use super::program::Program;
use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use std::rc::Rc;
use vmcore::config::Checked;
use vmcore::raw::{Raw, RawEntry, RawSource, RawTable};
use vmcore::units::{Pfn, Pid, Prot, Vpn};

/// What is laid out, without the values of its expressions.
#[derive(Debug)]
pub(super) enum RawTemplate {
    Memory { frame: Value, bytes: Rc<[u8]> },
    Entries { pid: u16, entries: Vec<EntryTemplate> },
    At { pid: u16, frame: Value },
}

/// `PAGE -> FRAME rwx`.
#[derive(Debug)]
pub(super) struct EntryTemplate {
    page: Value,
    frame: Value,
    prot: Prot,
}

impl Compiler<'_> {
    pub(super) fn memory(&mut self, memory: &ast::Memory) -> RawTemplate {
        RawTemplate::Memory { frame: self.value(&memory.frame), bytes: memory.bytes.node.as_slice().into() }
    }

    pub(super) fn table(&mut self, table: &ast::Table) -> RawTemplate {
        let pid = self.process(&table.process.node);
        match &table.source {
            ast::TableSource::At(frame) => RawTemplate::At { pid, frame: self.value(frame) },
            ast::TableSource::Entries(entries) => {
                let entries = entries.items.iter().map(|entry| self.entry(&entry.node)).collect();
                RawTemplate::Entries { pid, entries }
            }
        }
    }

    fn entry(&mut self, entry: &ast::TableEntry) -> EntryTemplate {
        let ast::Permissions { read, write, execute } = entry.permissions.node;
        let right = |granted, prot| if granted { prot } else { Prot::NONE };
        let prot = right(read, Prot::READ).with(right(write, Prot::WRITE)).with(right(execute, Prot::EXEC));
        EntryTemplate { page: self.value(&entry.page), frame: self.value(&entry.frame), prot }
    }
}

impl Program {
    /// Raw memory and tables with their numbers; whether there are such frames and pages the model says.
    pub(super) fn raw(&self, config: &Checked) -> Result<Raw, Diagnostic> {
        let env = Env { page: config.page_bytes(), loops: &|_| 0, variables: None, names: &self.variables };
        let mut raw = Raw::default();
        for (template, _) in &self.raw {
            match template {
                RawTemplate::Memory { frame, bytes } => {
                    raw.memory.push((Pfn::new(number(frame, &env, "frame")?), Rc::clone(bytes)));
                }
                RawTemplate::At { pid, frame } => {
                    let source = RawSource::At(Pfn::new(number(frame, &env, "frame")?));
                    raw.tables.push(RawTable { pid: Pid::new(*pid), source });
                }
                RawTemplate::Entries { pid, entries } => {
                    let entry = |entry: &EntryTemplate| {
                        let vpn = Vpn::new(number(&entry.page, &env, "page")?);
                        let pfn = Pfn::new(number(&entry.frame, &env, "frame")?);
                        Ok(RawEntry { vpn, pfn, prot: entry.prot })
                    };
                    let entries = entries.iter().map(entry).collect::<Result<_, _>>()?;
                    raw.tables.push(RawTable { pid: Pid::new(*pid), source: RawSource::Entries(entries) });
                }
            }
        }
        Ok(raw)
    }

    /// Where the first of them stands, to point at when the model refuses them.
    pub(super) fn raw_span(&self) -> Span {
        self.raw.first().map_or(Span::default(), |(_, span)| *span)
    }
}

fn number<N: TryFrom<i128>>(value: &Value, env: &Env<'_>, of: &str) -> Result<N, Diagnostic> {
    let number = value.eval(env)?;
    N::try_from(number).map_err(|_| Diagnostic::error(value.span, format!("{number} is no number of a {of}")))
}
