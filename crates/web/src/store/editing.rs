//! The text, its mistakes and its runs, and the machine that it runs on. A run that fails to begin changes nothing of
//! what is shown: the last good run stays.

use super::effect::{Effect, Effects, Entry};
use super::model::{MachineChoice, Model};
use super::moves;
use super::position::Goal;
use super::session::Session;
use crate::seam::Shared;
use script::vocabulary::KEYS;
use std::rc::Rc;
use vmcore::units::Pid;

/// The text was changed: kept at once, checked with the next frame.
pub(super) fn edited(model: &mut Model, text: String, effects: &mut Effects) {
    model.text = text.into();
    model.pending.check = true;
    keep(model, effects);
    moves::wait(model, effects);
}

/// Says what is wrong with the text, without running it.
pub(super) fn check(model: &mut Model) {
    model.mistakes = Shared::new(Session::check(&model.text, &model.machine));
}

/// Runs the text, and stays where we are as far as possible.
pub(super) fn run(model: &mut Model, effects: &mut Effects) {
    let here = model.position();
    start(model, Goal::At(here), effects);
}

/// Runs the text on the machine that was asked for; on a mistake everything stays as it is, and the mistake is told.
pub(super) fn start(model: &mut Model, goal: Goal, effects: &mut Effects) -> bool {
    model.pending.check = false;
    match Session::start(Rc::clone(&model.text), &model.machine) {
        Ok((session, warnings)) => {
            model.mistakes = Shared::new(warnings);
            show(model, session, goal, effects);
            true
        }
        Err(mistakes) => {
            model.mistakes = Shared::new(mistakes);
            false
        }
    }
}

fn show(model: &mut Model, session: Session, goal: Goal, effects: &mut Effects) {
    moves::stop(model, effects);
    if model.session.as_ref().is_none_or(|old| old.text() != session.text()) {
        model.ui.answers.clear();
    }
    model.session = Some(session);
    model.runs += 1;
    model.machine_mistake = None;
    model.ui.chosen = None;
    moves::seek(model, goal, effects);
    if model.writes_address() {
        effects.push(Effect::Address(Entry::Replace));
    }
}

/// Keeps the text, or forgets it if it is as it came.
fn keep(model: &Model, effects: &mut Effects) {
    let text = (model.text != model.base).then(|| Rc::clone(&model.text));
    effects.push(Effect::KeepDraft(model.draft_key(), text));
}

/// Brings the text into canonical form, if it can be read.
pub(super) fn format(model: &mut Model, effects: &mut Effects) {
    if let (Some(script), _) = script::load(&model.text) {
        edited(model, script::fmt::format_script(&script), effects);
    }
}

/// The text as it came.
pub(super) fn original(model: &mut Model, effects: &mut Effects) {
    model.text = Rc::clone(&model.base);
    model.ui.notice = None;
    keep(model, effects);
    run(model, effects);
}

/// Puts an access behind the present step, runs the new text, and goes to the new step.
pub(super) fn insert_access(model: &mut Model, pid: Pid, what: &str, effects: &mut Effects) {
    let Some(session) = &model.session else { return };
    let line = format!("{}: {what}", session.process_name(pid));
    let step = session.step().map(|step| step.span);
    // What is shown is what the line is put into; a text with mistakes in it is not lost: it comes first.
    if model.is_edited() && !start_edited(model, effects) {
        return;
    }
    let Some(inserted) = super::insert::insert(&model.text, step, &line) else { return };
    model.text = inserted.text.into();
    keep(model, effects);
    start(model, Goal::Statement(inserted.at as u32), effects);
}

/// Before a line is put into a text that was changed and not run: it must run as it is.
fn start_edited(model: &mut Model, effects: &mut Effects) -> bool {
    let here = model.position();
    let well = start(model, Goal::At(here), effects);
    if !well {
        model.ui.tab = super::model::Tab::Edit;
    }
    well
}

/// A variant of the script.
pub(super) fn variant(model: &mut Model, name: Option<String>, effects: &mut Effects) {
    let choice = MachineChoice { variant: name, keys: model.machine.keys.clone() };
    choose(model, choice, effects);
}

/// One key; empty is the script's own value.
pub(super) fn key(model: &mut Model, key: &str, value: &str, effects: &mut Effects) {
    let mut choice = model.machine.clone();
    choice.keys.set(key, value.trim());
    choose(model, choice, effects);
}

/// Every key of a preset that the script does not set itself.
pub(super) fn preset(model: &mut Model, name: &str, effects: &mut Effects) {
    let Some(session) = &model.session else { return };
    let own = session.keys_of_script();
    let values = KEYS.iter().map(|key| (key.name, if name == "linux" { key.linux } else { key.textbook }));
    let wanted = values.filter(|(key, value)| !value.is_empty() && !own.iter().any(|set| set == key));
    let mut choice = MachineChoice { variant: model.machine.variant.clone(), keys: Default::default() };
    if session.preset() != name {
        wanted.for_each(|(key, value)| choice.keys.set(key, value));
        // What the model does not know yet keeps the script's value.
        choice = Session::usable(&session.text_rc(), choice).0;
    }
    choose(model, choice, effects);
}

/// The machine as the script says.
pub(super) fn own_machine(model: &mut Model, effects: &mut Effects) {
    choose(model, MachineChoice::default(), effects);
}

/// Runs what is shown on another machine; if that cannot be, all stays, and why is told where it was asked for.
fn choose(model: &mut Model, choice: MachineChoice, effects: &mut Effects) {
    let Some(session) = &model.session else { return };
    match Session::start(session.text_rc(), &choice) {
        Ok((session, _)) => {
            model.machine = choice;
            let here = model.position();
            show(model, session, Goal::At(here), effects);
        }
        Err(mistakes) => model.machine_mistake = mistakes.iter().next().map(|mistake| mistake.message.clone()),
    }
}
