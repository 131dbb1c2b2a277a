//! The compiled script.

use super::action::Action;
use super::code::Value;
use super::expect::Expectation;
use super::images::ImageTemplate;
use super::raw::RawTemplate;
use super::world::ObjectTemplate;
use crate::ast::{Decimal, Setting};
use crate::span::Span;
use std::rc::Rc;
use vmcore::config::Preset;

/// A script that can run. It is the same for the base machine and all variants.
#[derive(Debug)]
pub struct Program {
    /// `title`.
    pub title: Option<Rc<str>>,
    /// The paragraphs of `about`.
    pub about: Vec<Rc<str>>,
    /// The names of the variants, in the order of the text.
    pub variants: Vec<Rc<str>>,
    pub(super) preset: Preset,
    pub(super) base: Vec<Setting>,
    /// Where the machine is described, to point at when a key that nobody set is at fault.
    pub(super) machine_span: Span,
    pub(super) variant_settings: Vec<(Span, Vec<Setting>)>,
    pub(super) objects: Vec<ObjectTemplate>,
    /// Programs and libraries among them.
    pub(super) images: Vec<ImageTemplate>,
    /// `memory` and `table`, and where they stand.
    pub(super) raw: Vec<(RawTemplate, Span)>,
    /// Every file name that is spoken of.
    pub(super) names: Vec<Rc<str>>,
    /// Every process.
    pub(super) processes: Vec<Rc<str>>,
    /// Every variable, of whatever process.
    pub(super) variables: Vec<Rc<str>>,
    pub(super) code: Vec<Instruction>,
    pub(super) steps: Vec<Step>,
    pub(super) loops: Vec<Loop>,
    pub(super) prompts: Vec<Prompt>,
    pub(super) expects: Vec<Expectation>,
}

impl Program {
    /// The steps as written, in the order of the text; a step in a loop is one of them.
    pub fn steps(&self) -> impl Iterator<Item = &StepInfo> {
        self.steps.iter().map(|step| &step.info)
    }

    /// Every question, in the order of the text.
    pub fn questions(&self) -> impl Iterator<Item = &Rc<Question>> {
        self.prompts.iter().filter_map(|prompt| match prompt {
            Prompt::Ask(question) => Some(question),
            Prompt::Note(_) | Prompt::Speaker(_) => None,
        })
    }

    /// Every process, by its number.
    pub fn processes(&self) -> &[Rc<str>] {
        &self.processes
    }

    /// The number of the variant of that name.
    pub fn variant(&self, name: &str) -> Option<usize> {
        self.variants.iter().position(|variant| &**variant == name)
    }
}

/// What is known of a step without running it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepInfo {
    /// Where it stands.
    pub span: Span,
    /// Its line, from 1.
    pub line: usize,
    /// Whose step it is: a process's name, or `kernel`.
    pub process: Rc<str>,
    /// What it says, without the process, in canonical form: `p = mmap(…)`.
    pub text: Rc<str>,
}

/// A step and what it does.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) info: StepInfo,
    /// Whose step it is; `None` for the kernel's.
    pub(super) pid: Option<u16>,
    /// The variable that the result is bound to.
    pub(super) bind: Option<u32>,
    pub(super) action: Action,
}

/// What is shown or said before a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// The caption of the step.
    Note(Rc<str>),
    /// For the presenter alone.
    Speaker(Rc<str>),
    /// A question before it.
    Ask(Rc<Question>),
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its number in the script, from 1.
    pub number: usize,
    /// What is asked.
    pub text: Rc<str>,
    /// What can be chosen, in the order shown; exactly one is right.
    pub choices: Vec<Choice>,
}

/// One answer to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it says.
    pub text: Rc<str>,
    /// Is it the right one?
    pub right: bool,
    /// The mechanism that makes it right or wrong.
    pub because: Option<Rc<str>>,
}

/// One instruction of the compiled script; numbers are places in the program's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instruction {
    /// Take a step.
    Step(u32),
    /// Show or say something with the next step.
    Prompt(u32),
    /// Totals start anew.
    Mark,
    /// Something must hold.
    Expect(u32),
    /// Enter a loop, or jump behind its end if it goes round zero times.
    Enter(u32),
    /// The end of the innermost loop's body.
    Again(u32),
}

/// A loop.
#[derive(Debug)]
pub(super) struct Loop {
    /// What it runs through.
    pub(super) source: LoopSource,
    /// Where that stands.
    pub(super) span: Span,
    /// Its variable, if it has one.
    pub(super) variable: Option<Rc<str>>,
    /// The first instruction of its body.
    pub(super) body: usize,
    /// The instruction behind it.
    pub(super) end: usize,
}

/// What a loop runs through.
#[derive(Debug)]
pub(super) enum LoopSource {
    Repeat(Value),
    Range { from: Value, to: Value, step: Option<Value> },
    List(Vec<Value>),
    Uniform { n: Value, count: Value, seed: Value },
    Zipf { n: Value, alpha: Decimal, count: Value, seed: Value },
    Shuffle { n: Value, seed: Value },
}
