//! Everything the app knows.

use super::position::{Goal, Position};
use super::session::Session;
use crate::seam::{Shared, Thing};
use crate::url::{Draft, Settings, Subject, Theme, UrlState, View};
use script::Diagnostics;
use script::library::{LESSONS, Lesson};
use std::rc::Rc;

/// Everything the app knows. Changed only by [`update`](super::update::update()).
#[derive(Debug, Default)]
pub struct Model {
    /// What the query of the address says; the fragment need not repeat it.
    pub query: UrlState,
    /// Where the text came from.
    pub origin: Origin,
    /// The text as it came.
    pub base: Rc<str>,
    /// The text as it is now: the one truth.
    pub text: Rc<str>,
    /// What is wrong with [`text`](Self::text).
    pub mistakes: Shared<Diagnostics>,
    /// The last good run.
    pub session: Option<Session>,
    /// Counts runs.
    pub runs: u64,
    /// The machine that was asked for.
    pub machine: MachineChoice,
    /// What is wrong with the machine that was asked for last.
    pub machine_mistake: Option<String>,
    /// How we look at it.
    pub ui: Ui,
    /// What waits for the next frame.
    pub pending: Pending,
    /// Whether edited texts are looked for.
    pub drafts: Draft,
}

/// Where a text came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A lesson of the library.
    Lesson(&'static Lesson),
    /// The address, or nowhere.
    #[default]
    Own,
}

/// How the machine differs from the script's.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MachineChoice {
    /// A variant of the script.
    pub variant: Option<String>,
    /// Keys and values.
    pub keys: Settings,
}

/// What waits for the next frame.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pending {
    /// Where the time bar was dragged to.
    pub scrub: Option<u64>,
    /// A place that has not been run to yet.
    pub goal: Option<Goal>,
    /// The text has changed and was not checked.
    pub check: bool,
}

/// How we look at a run.
#[derive(Debug)]
pub struct Ui {
    /// The arrangement of the screen.
    pub view: View,
    /// The colours.
    pub theme: Theme,
    /// What the program panel shows.
    pub tab: Tab,
    /// What is chosen in the picture.
    pub chosen: Option<Thing>,
    /// Whether it plays.
    pub playing: bool,
    /// How fast.
    pub speed: Speed,
    /// Answers given, by the number of the question.
    pub answers: Answers,
    /// Something to be told, until it is dismissed.
    pub notice: Option<Notice>,
    /// How wide the window is.
    pub width: Width,
    /// The screen is blank, for a hall that shall look elsewhere.
    pub blank: bool,
    /// An embed may rewrite its address.
    pub sync: bool,
}

impl Default for Ui {
    fn default() -> Self {
        Self {
            view: View::Study,
            theme: Theme::Auto,
            tab: Tab::Steps,
            chosen: None,
            playing: false,
            speed: Speed::Normal,
            answers: Answers::default(),
            notice: None,
            width: Width::Wide,
            blank: false,
            sync: false,
        }
    }
}

/// How wide the window is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Width {
    /// Narrower than any phone held upright: 30 rem.
    Tiny,
    /// As a phone: 40 rem.
    Narrow,
    /// Wider.
    #[default]
    Wide,
}

/// What the program panel shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tab {
    /// The steps with their verdicts.
    #[default]
    Steps,
    /// The text, to be changed.
    Edit,
}

/// Answers given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answers(Vec<(usize, usize)>);

impl Answers {
    /// The choice that was made, if any.
    pub fn of(&self, question: usize) -> Option<usize> {
        self.0.iter().find(|(number, _)| *number == question).map(|(_, choice)| *choice)
    }

    /// Takes an answer; the first one counts.
    pub fn give(&mut self, question: usize, choice: usize) {
        if self.of(question).is_none() {
            self.0.push((question, choice));
        }
    }

    /// Forgets them all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// Something to be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// What.
    pub text: String,
    /// What can be done about it.
    pub offer: Offer,
}

/// What a notice offers besides being dismissed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offer {
    /// Nothing.
    Nothing,
    /// The text as it came.
    Original,
}

/// How fast a run is played.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Speed {
    /// Part by part, slowly.
    Half,
    /// Part by part.
    Normal,
    /// Part by part, quickly.
    Double,
    /// Step by step.
    Steps,
    /// Step by step, quickly.
    Fast,
}

impl Speed {
    /// All of them, from the slowest.
    pub const ALL: [Self; 5] = [Self::Half, Self::Normal, Self::Double, Self::Steps, Self::Fast];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Half => "×½",
            Self::Normal => "×1",
            Self::Double => "×2",
            Self::Steps => "×4",
            Self::Fast => "×16",
        }
    }

    /// Milliseconds from one move to the next.
    pub fn interval_ms(self) -> u32 {
        match self {
            Self::Half => 2400,
            Self::Normal => 1200,
            Self::Double => 600,
            Self::Steps => 500,
            Self::Fast => 125,
        }
    }

    /// Whether it goes by whole steps.
    pub fn by_steps(self) -> bool {
        matches!(self, Self::Steps | Self::Fast)
    }
}

impl Model {
    /// What the address should say.
    pub fn url(&self) -> UrlState {
        UrlState {
            subject: Some(self.subject()),
            step: self.pending.goal.unwrap_or(Goal::At(self.position())),
            view: self.ui.view,
            theme: self.ui.theme,
            variant: self.machine.variant.clone(),
            machine: self.machine.keys.clone(),
            sync: self.ui.sync,
            draft: self.drafts,
        }
    }

    /// The fragment that says it.
    pub fn fragment(&self) -> String {
        self.url().fragment(&self.query)
    }

    /// What is shown: a lesson as long as its text runs unchanged.
    pub fn subject(&self) -> Subject {
        let running = self.session.as_ref().map_or(&*self.base, |session| session.text());
        match self.origin {
            Origin::Lesson(lesson) if lesson.text() == running => Subject::Lesson(lesson.id.to_owned()),
            _ => Subject::Scenario(running.to_owned()),
        }
    }

    /// Whether the picture's zones are stacked. An embed has the window for itself, so that it is later narrow.
    pub fn is_compact(&self) -> bool {
        match self.ui.view {
            View::Embed => self.ui.width == Width::Tiny,
            View::Study | View::Lecture => self.ui.width <= Width::Narrow,
        }
    }

    /// Whether the picture is higher than the window, which scrolls.
    pub fn scrolls(&self) -> bool {
        self.ui.view == View::Study && self.is_compact()
    }

    /// Where one stands.
    pub fn position(&self) -> Position {
        self.session.as_ref().map_or(Position::START, Session::position)
    }

    /// Whether the text differs from the one that runs.
    pub fn is_edited(&self) -> bool {
        self.session.as_ref().is_none_or(|session| session.text() != &*self.text)
    }

    /// Whether the address may be rewritten: in somebody else's page only if its author says so.
    pub fn writes_address(&self) -> bool {
        self.ui.view != View::Embed || self.ui.sync
    }

    /// Under which key an edited text is kept: that of the text it began with.
    pub fn draft_key(&self) -> String {
        match self.origin {
            Origin::Lesson(lesson) => format!("lesson/{}", lesson.id),
            Origin::Own => format!("text/{:016x}", fingerprint(&self.base)),
        }
    }
}

/// The lesson that is shown where an address names none.
pub fn first_lesson() -> &'static Lesson {
    &LESSONS[0]
}

/// FNV-1a: the same in every version of the app, as keys in the browser's storage must be.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
