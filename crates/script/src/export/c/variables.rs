//! Which names hold addresses and which hold numbers: C must know.

use super::Refused;
use super::names::Names;
use crate::ast::{Action, Block, Script, StatementKind, Step};
use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;

/// What each variable holds.
#[derive(Debug)]
pub(super) struct Variables {
    /// By name: does it hold an address?
    kinds: BTreeMap<String, bool>,
}

impl Variables {
    pub(super) fn of(script: &Script, _names: &Names, refused: &mut Vec<Refused>) -> Self {
        let mut kinds = BTreeMap::new();
        for step in steps(&script.body) {
            let Some(name) = &step.bind else { continue };
            if child(step).is_some() {
                continue;
            }
            let address = gives_address(step);
            let known = *kinds.entry(name.node.clone()).or_insert(address);
            if known != address {
                let message = format!("`{}` is bound to an address here and to a number elsewhere", name.node);
                refused.push(Diagnostic::error(name.span, message).expected("names of their own, for C's types"));
            }
        }
        Self { kinds }
    }

    /// Does this name hold an address?
    pub(super) fn is_address(&self, name: &str) -> bool {
        self.kinds.get(name).copied().unwrap_or(false)
    }

    /// The C names of those that hold addresses, and of those that hold numbers.
    pub(super) fn declared(&self, names: &Names) -> (Vec<String>, Vec<String>) {
        let of = |address: bool| {
            let kinds = self.kinds.iter().filter(|&(_, &kind)| kind == address);
            kinds.filter_map(|(name, _)| names.variable(name).map(str::to_owned)).collect()
        };
        (of(true), of(false))
    }
}

fn gives_address(step: &Step) -> bool {
    matches!(&step.action, Action::Call(call) if matches!(call.name.node.as_str(), "mmap" | "mremap" | "sbrk"))
}

/// The process that a fork makes.
pub(super) fn child(step: &Step) -> Option<&String> {
    match (&step.action, &step.bind) {
        (Action::Call(call), Some(name)) if call.name.node == "fork" => Some(&name.node),
        _ => None,
    }
}

/// Every step as written, in the order of the text.
pub(super) fn steps(block: &Block) -> Vec<&Step> {
    let mut all = Vec::new();
    collect(block, &mut all);
    all
}

fn collect<'s>(block: &'s Block, all: &mut Vec<&'s Step>) {
    for statement in block.iter() {
        match &statement.node {
            StatementKind::Step(step) => all.push(step),
            StatementKind::For(looped) => collect(&looped.body, all),
            StatementKind::Repeat(looped) => collect(&looped.body, all),
            _ => {}
        }
    }
}
