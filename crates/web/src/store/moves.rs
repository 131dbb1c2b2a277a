//! Going through a run: steps and parts, on and back, jumps, the time bar, playing, and the slices of a long run.

use super::effect::{Effect, Effects};
use super::model::{Model, Notice, Offer};
use super::position::{Goal, Position};
use super::session::{Found, Landmark, Moved, Session};

/// One step on; inside a step, to its end.
pub(super) fn next(model: &mut Model) {
    go(model, Moved::Forward, |session| {
        let here = session.position();
        if session.is_inside() { Position::after(here.step) } else { Position::after(here.step + 1) }
    });
}

/// One step back; inside a step, to before it.
pub(super) fn back(model: &mut Model) {
    go(model, Moved::Elsewhere, |session| Position::after(session.position().step.saturating_sub(1)));
}

/// One part on.
pub(super) fn next_part(model: &mut Model) {
    go(model, Moved::Forward, |session| {
        let here = session.position();
        match here.part {
            Some(part) if session.is_inside() => Position::inside(here.step, part + 1),
            _ => Position::inside(here.step + 1, 1),
        }
    });
}

/// One part back; before the first part stands the step before.
pub(super) fn back_part(model: &mut Model) {
    go(model, Moved::Elsewhere, |session| {
        let here = session.position();
        let done = here.part.unwrap_or(session.parts().len() as u32);
        if done > 1 { Position::inside(here.step, done - 1) } else { Position::after(here.step.saturating_sub(1)) }
    });
}

/// Before the first step.
pub(super) fn first(model: &mut Model) {
    go(model, Moved::Elsewhere, |_| Position::START);
}

/// The next fault, eviction or question; a search that finds none says how far it has looked.
pub(super) fn next_landmark(model: &mut Model, what: Landmark) {
    let Some(session) = &mut model.session else { return };
    let (to, told) = match session.next_landmark(what) {
        Found::At(there) => (there, None),
        Found::NotBy(step) => {
            let told = format!("No {} up to step {step}. The same key looks on from here.", what.word());
            (Position::after(step), Some(told))
        }
        Found::Nowhere => (session.position(), Some(format!("No {} lies ahead.", what.word()))),
    };
    go(model, Moved::Elsewhere, |_| to);
    // What is said of the text stays until it is dismissed.
    if model.ui.notice.as_ref().is_none_or(|notice| notice.offer == Offer::Nothing) {
        model.ui.notice = told.map(|text| Notice { text, offer: Offer::Nothing });
    }
}

fn go(model: &mut Model, how: Moved, to: impl FnOnce(&Session) -> Position) {
    model.pending.goal = None;
    model.pending.scrub = None;
    if let Some(session) = &mut model.session {
        let position = to(session);
        session.go(position, how);
    }
}

/// To a place that may not have been run to yet.
pub(super) fn seek(model: &mut Model, goal: Goal, effects: &mut Effects) {
    model.pending.scrub = None;
    model.pending.goal = Some(goal);
    settle(model);
    wait(model, effects);
}

/// Goes to the goal if it can be told by now where that is.
pub(super) fn settle(model: &mut Model) {
    let (Some(session), Some(goal)) = (&mut model.session, model.pending.goal) else { return };
    let there = match goal {
        Goal::At(position) => (position.step <= session.len() || !session.is_running()).then_some(position),
        Goal::Last => (!session.is_running()).then(|| Position::after(session.len())),
        Goal::Statement(start) => match session.first_step_of(start) {
            Some(step) => Some(Position::after(step)),
            None => (!session.is_running()).then(|| session.position()),
        },
    };
    if let Some(position) = there {
        let how = if matches!(goal, Goal::Statement(_)) { Moved::Forward } else { Moved::Elsewhere };
        session.go(position, how);
        model.pending.goal = None;
    }
}

/// The time bar is dragged: gone to with the next frame, so that many moves are one.
pub(super) fn scrub(model: &mut Model, step: u64, effects: &mut Effects) {
    stop(model, effects);
    model.pending.goal = None;
    model.pending.scrub = Some(step);
    wait(model, effects);
}

/// Everything that waits for a frame.
pub(super) fn frame(model: &mut Model, steps: u64, effects: &mut Effects) {
    if std::mem::take(&mut model.pending.check) {
        super::editing::check(model);
    }
    if let Some(session) = &mut model.session {
        session.run(steps);
        if let Some(step) = model.pending.scrub.take() {
            session.go(Position::after(step), Moved::Elsewhere);
        }
    }
    settle(model);
    wait(model, effects);
}

/// Asks for a frame if something waits for one.
pub(super) fn wait(model: &Model, effects: &mut Effects) {
    let running = model.session.as_ref().is_some_and(Session::is_running);
    if running || model.pending.scrub.is_some() || model.pending.check {
        effects.push(Effect::NextFrame);
    }
}

/// Plays on from here, or from the start if this is the end; or stops.
pub(super) fn toggle_play(model: &mut Model, effects: &mut Effects) {
    if model.ui.playing {
        return stop(model, effects);
    }
    if model.session.as_ref().is_some_and(Session::is_at_end) {
        first(model);
    }
    model.ui.playing = true;
    effects.push(Effect::Play(Some(model.ui.speed.interval_ms())));
    advance(model, effects);
}

/// Stops playing.
pub(super) fn stop(model: &mut Model, effects: &mut Effects) {
    if std::mem::take(&mut model.ui.playing) {
        effects.push(Effect::Play(None));
    }
}

/// Goes on while playing; a question that nobody has answered stops it.
pub(super) fn tick(model: &mut Model, effects: &mut Effects) {
    if model.ui.playing {
        advance(model, effects);
    }
}

fn advance(model: &mut Model, effects: &mut Effects) {
    if model.ui.speed.by_steps() {
        next(model);
    } else {
        next_part(model);
    }
    let Some(session) = &model.session else { return stop(model, effects) };
    let answers = &model.ui.answers;
    let asked = session.question_ahead().is_some_and(|question| answers.of(question.number).is_none());
    if session.is_at_end() || asked {
        stop(model, effects);
    }
}
