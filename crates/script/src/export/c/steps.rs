//! The body of scenario(): steps, loops, and what is said about them.

use super::calls::{Line, Steps};
use super::files::Files;
use super::names::{self, Names};
use super::scale::{Looped, Scale, Scope};
use super::variables::Variables;
use super::{Ends, Refused, loops};
use crate::ast::{Block, For, Repeat, StatementKind, Step, Trivia};
use crate::span::LineIndex;

/// The body as it grows.
pub(super) struct Body<'a> {
    names: &'a Names,
    variables: &'a Variables,
    scale: &'a Scale,
    files: &'a Files,
    lines: LineIndex<'a>,
    /// The loop variables in scope.
    loops: Vec<Looped>,
    depth: usize,
    /// Notes for the next step.
    notes: Vec<String>,
    /// The text so far.
    pub(super) out: String,
    /// What cannot be exported.
    pub(super) refused: Vec<Refused>,
    /// Where the program stops, if it does.
    pub(super) ends: Option<Ends>,
}

impl<'a> Body<'a> {
    pub(super) fn new(
        names: &'a Names,
        variables: &'a Variables,
        scale: &'a Scale,
        files: &'a Files,
        lines: LineIndex<'a>,
    ) -> Self {
        Self {
            names,
            variables,
            scale,
            files,
            lines,
            loops: Vec::new(),
            depth: 1,
            notes: Vec::new(),
            out: String::new(),
            refused: Vec::new(),
            ends: None,
        }
    }

    pub(super) fn block(&mut self, block: &Block) {
        for item in &block.items {
            if self.ends.is_some() {
                return;
            }
            if item.lead.contains(&Trivia::Blank) && !self.out.is_empty() && !self.out.ends_with("{\n") {
                self.blank();
            }
            match &item.node.node {
                StatementKind::Note(text) => self.notes.push(text.node.clone()),
                StatementKind::Step(step) => self.step(step),
                StatementKind::For(looped) => self.looped(looped),
                StatementKind::Repeat(looped) => self.repeat(looped),
                // The directives have been dealt with; the rest is for people who watch a simulation.
                _ => {}
            }
        }
    }

    fn scope(&self) -> Scope<'_> {
        Scope { names: self.names, variables: self.variables, scale: self.scale, loops: &self.loops }
    }

    fn blank(&mut self) {
        if !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn line(&mut self, text: &str) {
        let pad = "    ".repeat(self.depth);
        for line in text.lines() {
            self.out.push_str(&pad);
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    fn tell_notes(&mut self) {
        let notes = std::mem::take(&mut self.notes);
        self.out.push_str(&names::comment(&notes, 4 * self.depth));
    }

    fn step(&mut self, step: &Step) {
        self.tell_notes();
        let steps = Steps { scope: self.scope(), files: self.files };
        match steps.step(step) {
            Ok(Line::Statement(text)) => self.line(&text),
            Ok(Line::Ends(why)) => {
                let line = self.lines.position(step.process.span.start as usize).line;
                let text = crate::fmt::step_text(step);
                let comment = format!("The scenario goes on with `{text}`, but {why}. So this ends here.");
                self.out.push_str(&names::comment(&[comment], 4 * self.depth));
                self.line("return;");
                self.ends = Some(Ends { line, why: why.to_owned() });
            }
            Err(diagnostic) => self.refused.push(diagnostic),
        }
    }

    fn looped(&mut self, looped: &For) {
        self.tell_notes();
        let name = &looped.variable.node;
        let variable = self.names.variable(name).unwrap_or(name).to_owned();
        match loops::head(&self.scope(), &looped.source.node, looped.source.span, &variable) {
            Ok(head) => {
                self.line(&head.text);
                self.loops.push(Looped { name: name.clone(), range: head.range });
            }
            Err(diagnostic) => {
                self.refused.push(diagnostic);
                self.loops.push(Looped { name: name.clone(), range: (0, 0) });
            }
        }
        self.body(&looped.body);
        self.loops.pop();
    }

    fn repeat(&mut self, looped: &Repeat) {
        self.tell_notes();
        match loops::repeat(&self.scope(), &looped.count, self.depth) {
            Ok(head) => self.line(&head),
            Err(diagnostic) => self.refused.push(diagnostic),
        }
        self.body(&looped.body);
    }

    fn body(&mut self, block: &Block) {
        self.depth += 1;
        self.block(block);
        self.depth -= 1;
        self.line("}");
    }
}
