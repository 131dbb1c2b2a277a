//! What a message changes: one line each, handing over to the room whose matter it is.

use super::effect::{Copied, Effect, Effects, Entry};
use super::model::{Model, Notice, Offer, Tab};
use super::msg::Msg;
use super::position::Goal;
use super::{editing, moves, open};
use crate::seam::StageMsg;

/// Changes the model, and says what the browser has to do.
pub fn update(model: &mut Model, msg: Msg) -> Effects {
    let mut effects = Effects::new();
    let before = model.position();
    let opens = matches!(msg, Msg::Address(..));
    dispatch(model, msg, &mut effects);
    if model.position() != before && model.writes_address() {
        effects.push(Effect::Address(Entry::Replace));
    }
    // A page that is opened begins at its top.
    if model.position() != before && model.scrolls() && !opens {
        effects.push(Effect::Reveal);
    }
    effects
}

fn dispatch(model: &mut Model, msg: Msg, effects: &mut Effects) {
    match msg {
        Msg::Address(query, fragment) => open::address(model, &query, &fragment, effects),
        Msg::DraftFound(key, text) => open::draft(model, &key, &text, effects),
        Msg::Lesson(id) => open::lesson(model, id, effects),

        Msg::Edited(text) => editing::edited(model, text, effects),
        Msg::Run => editing::run(model, effects),
        Msg::Format => editing::format(model, effects),
        Msg::Original => editing::original(model, effects),
        Msg::Variant(name) => editing::variant(model, name, effects),
        Msg::Key(key, value) => editing::key(model, &key, &value, effects),
        Msg::Preset(name) => editing::preset(model, name, effects),
        Msg::OwnMachine => editing::own_machine(model, effects),

        Msg::Next => moves::next(model),
        Msg::Back => moves::back(model),
        Msg::NextPart => moves::next_part(model),
        Msg::BackPart => moves::back_part(model),
        Msg::First => moves::first(model),
        Msg::Last => moves::seek(model, Goal::Last, effects),
        Msg::NextLandmark(what) => moves::next_landmark(model, what),
        Msg::Go(position) => moves::seek(model, Goal::At(position), effects),
        Msg::Jump(text) => {
            if let Ok(goal) = text.parse() {
                moves::seek(model, goal, effects);
            }
        }
        Msg::Scrub(step) => moves::scrub(model, step, effects),
        Msg::TogglePlay => moves::toggle_play(model, effects),
        Msg::Tick => moves::tick(model, effects),
        Msg::Speed(speed) => {
            model.ui.speed = speed;
            if model.ui.playing {
                effects.push(Effect::Play(Some(speed.interval_ms())));
            }
        }
        Msg::Answer(question, choice) => {
            model.ui.answers.give(question, choice);
        }

        Msg::Stage(StageMsg::Choose(thing)) => model.ui.chosen = thing,
        Msg::Stage(StageMsg::Load { pid, va }) => editing::insert_access(model, pid, &format!("[{va}]"), effects),
        Msg::Stage(StageMsg::Store { pid, va }) => {
            editing::insert_access(model, pid, &format!("[{va}] = 'X'"), effects);
        }

        Msg::Frame(steps) => moves::frame(model, steps, effects),
        Msg::Copy(what) => effects.push(Effect::Copy(what)),
        Msg::Copied(what, well) => model.ui.notice = Some(copied(what, well)),
        look => show(model, look, effects),
    }
}

/// What changes only how we look at things.
fn show(model: &mut Model, msg: Msg, effects: &mut Effects) {
    match msg {
        Msg::Tab(tab) => {
            model.ui.tab = tab;
            if tab == Tab::Edit {
                effects.push(Effect::Focus("editor-text"));
            }
        }
        Msg::Theme(theme) => {
            model.ui.theme = theme;
            effects.push(Effect::Wear(theme));
            effects.push(Effect::Address(Entry::Replace));
        }
        Msg::View(view) => {
            model.ui.view = view;
            model.ui.blank = false;
            effects.push(Effect::Address(Entry::Push));
        }
        Msg::Width(width) => model.ui.width = width,
        Msg::Blank => model.ui.blank = !model.ui.blank,
        Msg::FullScreen => effects.push(Effect::FullScreen),
        Msg::Help => effects.push(Effect::Press("help-button")),
        Msg::AskForStep => effects.push(Effect::Focus("jump")),
        Msg::Escape => escape(model, effects),
        Msg::ShowMistake(start, end) => {
            model.ui.tab = Tab::Edit;
            effects.push(Effect::Select(start, end));
        }
        Msg::Dismiss => model.ui.notice = None,
        // The app has written it; the rest `dispatch` keeps to itself.
        _ => {}
    }
}

/// Closes what is uppermost; menus and dialogs the browser closes by itself.
fn escape(model: &mut Model, effects: &mut Effects) {
    if model.ui.blank {
        model.ui.blank = false;
    } else if model.ui.notice.is_some() {
        model.ui.notice = None;
    } else if model.ui.chosen.is_some() {
        model.ui.chosen = None;
    } else if model.ui.playing {
        moves::stop(model, effects);
    }
}

fn copied(what: Copied, well: bool) -> Notice {
    let text = match (what, well) {
        (Copied::Link, true) => "The address of this moment is on the clipboard.",
        (Copied::Text, true) => "The script is on the clipboard.",
        (Copied::Link, false) => "The browser keeps the clipboard closed: copy the address from its address bar.",
        (Copied::Text, false) => "The browser keeps the clipboard closed: select the text in the editor and copy it.",
    };
    Notice { text: text.to_owned(), offer: Offer::Nothing }
}

#[cfg(test)]
mod tests;
