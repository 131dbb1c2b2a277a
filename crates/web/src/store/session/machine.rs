//! The machine that a session runs on: a variant, and keys from outside.

use super::Session;
use crate::store::model::MachineChoice;
use script::ast::{Setting, SettingValue, StatementKind};
use script::run::{self, Program};
use script::{Diagnostic, Diagnostics, Span};
use vmcore::config::Preset;
use vmcore::state::Setup;

/// Everything that a run starts from.
pub(super) fn setup(program: &Program, choice: &MachineChoice) -> Result<Setup, Diagnostics> {
    let variant = variant(program, choice)?;
    Ok(program.setup(variant, &settings(choice)?)?)
}

/// The number of the variant that was asked for.
pub(super) fn variant(program: &Program, choice: &MachineChoice) -> Result<Option<usize>, Diagnostic> {
    let Some(name) = &choice.variant else { return Ok(None) };
    let known = program.variant(name);
    let unknown = || Diagnostic::error(Span::default(), format!("the script has no variant `{name}`"));
    known.map(Some).ok_or_else(unknown)
}

fn settings(choice: &MachineChoice) -> Result<Vec<Setting>, Diagnostic> {
    let setting = |(key, value): (&str, &str)| run::setting(key, value);
    let all: Result<Vec<_>, String> = choice.keys.iter().map(setting).collect();
    all.map_err(|message| Diagnostic::error(Span::default(), message))
}

/// As much of a choice as the program can run on, and a sentence for each part that it cannot.
pub(super) fn usable(program: &Program, choice: MachineChoice) -> (MachineChoice, Vec<String>) {
    let mut wrong = Vec::new();
    if setup(program, &choice).is_ok() {
        return (choice, wrong);
    }
    let mut good = MachineChoice::default();
    if choice.variant.is_some() {
        let with = MachineChoice { variant: choice.variant.clone(), ..Default::default() };
        take(program, &mut good, with, &mut wrong);
    }
    for (key, value) in choice.keys.iter() {
        let mut with = good.clone();
        with.keys.set(key, value);
        take(program, &mut good, with, &mut wrong);
    }
    (good, wrong)
}

fn take(program: &Program, good: &mut MachineChoice, with: MachineChoice, wrong: &mut Vec<String>) {
    match setup(program, &with) {
        Ok(_) => *good = with,
        Err(mistakes) => {
            let first = mistakes.iter().next().map(|mistake| mistake.message.as_str());
            wrong.push(format!("The machine is not changed as the address asks: {}.", first.unwrap_or("unknown")));
        }
    }
}

impl Session {
    /// The preset that the script names.
    pub fn preset(&self) -> &'static str {
        match self.state().config().preset {
            Preset::Textbook => "textbook",
            Preset::Linux => "linux",
        }
    }

    /// Every key with the value it has on this machine, in the language's words.
    pub fn machine_keys(&self) -> Vec<(&'static str, String)> {
        let text = |value: SettingValue| match value {
            SettingValue::Word(word) => word,
            SettingValue::Number(expr) => match expr.node {
                script::ast::ExprKind::Int(number) => number.value.to_string(),
                _ => String::new(),
            },
        };
        let keys = run::effective_keys(self.state().config());
        keys.into_iter().map(|(key, value)| (key, text(value))).collect()
    }

    /// The keys that the script sets for its machine.
    pub fn keys_of_script(&self) -> Vec<String> {
        let machines = self.script.body.iter().filter_map(|statement| match &statement.node {
            StatementKind::Machine(machine) => Some(machine),
            _ => None,
        });
        machines.flat_map(|machine| machine.settings.iter().map(|setting| setting.key.node.clone())).collect()
    }
}
