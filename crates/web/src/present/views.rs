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
