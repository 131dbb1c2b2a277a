//! How a text comes on the screen: from an address, the library, or the browser's storage.

use super::editing;
use super::effect::{Effect, Effects, Entry};
use super::model::{MachineChoice, Model, Notice, Offer, Origin, Tab, first_lesson};
use super::moves;
use super::position::Goal;
use super::session::Session;

use crate::url::{self, Draft, Subject, UrlState};
use script::library;
use std::rc::Rc;

/// The address is this: at the start everything is new; later perhaps only the step.
pub(super) fn address(model: &mut Model, query: &str, fragment: &str, effects: &mut Effects) {
    model.query = url::read(query, "").state;
    let read = url::read(query, fragment);
    let mut wrong = read.wrong;
    if !read.unknown.is_empty() {
        effects.push(Effect::Log(format!("Pagelab: the address has keys unknown here: {}", read.unknown.join(", "))));
    }
    let state = read.state;
    wear(model, &state, effects);
    let (origin, text) = subject(&state, &mut wrong);
    let choice = MachineChoice { variant: state.variant.clone(), keys: state.machine.clone() };
    let same = model.session.as_ref().is_some_and(|session| session.text() == &*text) && model.machine == choice;
    if same {
        moves::seek(model, state.step, effects);
    } else {
        let (choice, dropped) = Session::usable(&text, choice);
        wrong.extend(dropped);
        model.machine = choice;
        begin(model, origin, text, state.step, effects);
    }
    wrong.iter().for_each(|sentence| effects.push(Effect::Log(format!("Pagelab: {sentence}"))));
    if !wrong.is_empty() {
        model.ui.notice = Some(Notice { text: wrong.join(" "), offer: Offer::Nothing });
    }
}

fn wear(model: &mut Model, state: &UrlState, effects: &mut Effects) {
    model.ui.view = state.view;
    model.ui.theme = state.theme;
    model.ui.sync = state.sync;
    model.drafts = state.draft;
    effects.push(Effect::Wear(state.theme));
}

fn subject(state: &UrlState, wrong: &mut Vec<String>) -> (Origin, Rc<str>) {
    let lesson = match &state.subject {
        Some(Subject::Scenario(text)) => return (Origin::Own, text.as_str().into()),
        Some(Subject::Lesson(id)) => library::lesson(id).unwrap_or_else(|| {
            let id: String = id.chars().take(40).collect();
            wrong.push(format!("There is no lesson {id}; this is the first one."));
            first_lesson()
        }),
        None => first_lesson(),
    };
    (Origin::Lesson(lesson), lesson.text().into())
}

/// A lesson of the library.
pub(super) fn lesson(model: &mut Model, id: &str, effects: &mut Effects) {
    let Some(lesson) = library::lesson(id) else { return };
    model.machine = MachineChoice::default();
    model.ui.notice = None;
    begin(model, Origin::Lesson(lesson), lesson.text().into(), Goal::default(), effects);
    if model.writes_address() {
        effects.push(Effect::Address(Entry::Push));
    }
}

/// A text comes on the screen: run if it can be, shown with its mistakes if not.
fn begin(model: &mut Model, origin: Origin, text: Rc<str>, step: Goal, effects: &mut Effects) {
    model.origin = origin;
    model.base = Rc::clone(&text);
    model.text = text;
    model.ui.tab = Tab::Steps;
    model.ui.answers.clear();
    if !editing::start(model, step, effects) {
        // A script with mistakes in an address: there is no good run of it, so its text is what there is to see.
        model.ui.tab = Tab::Edit;
        if model.session.is_none() {
            model.pending.goal = Some(step);
        }
    }
    if model.drafts == Draft::Restored {
        effects.push(Effect::FindDraft(model.draft_key()));
    }
}

/// An edited text of what is shown was found: it takes the place of the original, and says so.
pub(super) fn draft(model: &mut Model, key: &str, text: &str, effects: &mut Effects) {
    if key != model.draft_key() || text == &*model.text || model.text != model.base {
        return;
    }
    model.text = text.into();
    let goal = model.pending.goal.unwrap_or(Goal::At(model.position()));
    let runs = editing::start(model, goal, effects);
    if !runs {
        model.ui.tab = Tab::Edit;
    }
    let said = model.ui.notice.take().map(|notice| notice.text + " ").unwrap_or_default();
    let text = if runs {
        "This is the text as you have edited it."
    } else {
        "This is the text as you have edited it. It has mistakes, so the run shown is that of the original."
    };
    model.ui.notice = Some(Notice { text: format!("{said}{text}"), offer: Offer::Original });
}
