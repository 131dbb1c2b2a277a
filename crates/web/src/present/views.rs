//! The view models of the moment. One that comes out the same keeps its place, so that what shows it is not drawn
//! again.

use crate::present::caption::{Caption, caption};
use crate::present::editor::{EditorView, editor};
use crate::present::log::{LogView, log};
use crate::present::machine::{MachineView, machine};
use crate::present::program::{ProgramView, program};
use crate::present::question::{QuestionView, question};
use crate::present::scene::{Scene, scene};
use crate::present::timeline::{TimelineView, timeline};
use crate::seam::Shared;
use crate::store::Model;

/// Everything that is shown.
#[derive(Debug, Default)]
pub struct Views {
    /// The script's steps.
    pub program: Shared<ProgramView>,
    /// The text.
    pub editor: Shared<EditorView>,
    /// What happened.
    pub log: Shared<LogView>,
    /// The sentence of the moment.
    pub caption: Shared<Caption>,
    /// The question of the moment.
    pub question: Shared<Option<QuestionView>>,
    /// The time bar.
    pub timeline: Shared<Option<TimelineView>>,
    /// The machine.
    pub machine: Shared<MachineView>,
    /// The picture; none as long as nothing runs.
    pub scene: Option<Shared<Scene>>,
    /// What the picture was made of.
    drawn: Option<(u64, u64, bool)>,
}

impl Views {
    /// Everything anew.
    pub fn refresh(&mut self, model: &Model) {
        keep(&mut self.editor, editor(model));
        keep(&mut self.question, question(model));
        let Some(session) = &model.session else { return };
        keep(&mut self.program, program(session));
        keep(&mut self.log, log(session));
        keep(&mut self.caption, caption(session));
        keep(&mut self.timeline, Some(timeline(model, session)));
        keep(&mut self.machine, machine(model, session));
        let drawn = Some((model.runs, session.revision(), model.is_compact()));
        if self.drawn != drawn {
            self.scene = Some(Shared::new(scene(&session.look(model.is_compact()))));
            self.drawn = drawn;
        }
    }

    /// Changes with every picture: motions are played once for each.
    pub fn key_of_motion(&self) -> u64 {
        self.drawn.map_or(0, |(run, revision, _)| run << 32 | revision)
    }
}

fn keep<T: PartialEq>(place: &mut Shared<T>, new: T) {
    if **place != new {
        *place = Shared::new(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::position::Position;
    use crate::store::session::{Landmark, Session};
    use crate::store::{Effect, Msg, update};
    use script::library::LESSONS;

    struct App {
        model: Model,
        views: Views,
    }

    impl App {
        fn at(fragment: &str) -> Self {
            let mut app = Self { model: Model::default(), views: Views::default() };
            app.send(Msg::Address(String::new(), fragment.to_owned()));
            app
        }

        fn send(&mut self, msg: Msg) {
            let mut effects = update(&mut self.model, msg);
            while effects.contains(&Effect::NextFrame) {
                effects = update(&mut self.model, Msg::Frame(100_000));
            }
        }

        /// All that is shown, and the state it is shown of. How one came here is not part of it.
        fn seen(&mut self) -> (u64, String) {
            let here = self.model.position();
            self.send(Msg::Go(here));
            self.model.ui.notice = None;
            self.views.refresh(&self.model);
            let Views { program, log, caption, question, timeline, scene, .. } = &self.views;
            let shown = format!("{program:?}\n{log:?}\n{caption:?}\n{question:?}\n{timeline:?}\n{scene:?}");
            (self.model.session.as_ref().map_or(0, |session| session.state().fingerprint()), shown)
        }
    }

    /// The same numbers every time (Knuth's MMIX generator); chance would make a test that fails now and then.
    fn die(seed: &mut u64, sides: u64) -> u64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) % sides
    }

    fn any_move(seed: &mut u64, len: u64) -> Msg {
        match die(seed, 12) {
            0..3 => Msg::NextPart,
            3..6 => Msg::BackPart,
            6 => Msg::Next,
            7 => Msg::Back,
            8 => Msg::Go(Position::inside(die(seed, len) + 1, die(seed, 9) as u32 + 1)),
            9 => Msg::Scrub(die(seed, len + 1)),
            10 => Msg::NextLandmark(Landmark::Fault),
            _ => Msg::NextLandmark(Landmark::Eviction),
        }
    }

    #[test]
    fn a_hundred_moves_back_and_forth_lead_to_the_same_as_going_straight_there() {
        let mut seed = 4;
        for lesson in LESSONS {
            let mut app = App::at(&format!("lesson={}", lesson.id));
            let len = app.model.session.as_ref().map_or(1, Session::len);
            for moved in 1..=100 {
                app.send(any_move(&mut seed, len));
                if moved % 25 == 0 {
                    let place = app.model.position();
                    let straight = App::at(&format!("lesson={}&step={place}", lesson.id)).seen();
                    assert!(app.seen() == straight, "{} at {place}", lesson.id);
                }
            }
        }
    }
}
