//! Everything that can happen to the app.

use super::effect::Copied;
use super::model::{Speed, Tab, Width};
use super::position::Position;
use super::session::Landmark;
use crate::seam::StageMsg;
use crate::url::{Theme, View};

/// Something that happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Msg {
    /// The address is this: at the start, and when somebody changes it. Query and fragment.
    Address(String, String),
    /// An edited text was found in the browser's storage, under this key.
    DraftFound(String, String),
    /// A lesson was chosen.
    Lesson(&'static str),

    /// The text was changed in the editor.
    Edited(String),
    /// The text shall run.
    Run,
    /// The text shall be brought into canonical form.
    Format,
    /// The text as it came shall be back.
    Original,
    /// A variant of the script, or the machine as written.
    Variant(Option<String>),
    /// A machine key and its value; empty is the script's own.
    Key(String, String),
    /// All keys of a preset that the script does not set.
    Preset(&'static str),
    /// The machine of the script again.
    OwnMachine,

    /// One step on.
    Next,
    /// One step back.
    Back,
    /// One part of a step on.
    NextPart,
    /// One part of a step back.
    BackPart,
    /// Before the first step.
    First,
    /// After the last step.
    Last,
    /// To the next of these ahead.
    NextLandmark(Landmark),
    /// To this place.
    Go(Position),
    /// To what was typed: `7`, `7.3`, `last`.
    Jump(String),
    /// The time bar is dragged over this step.
    Scrub(u64),
    /// Play, or stop playing.
    TogglePlay,
    /// Time to go on while playing.
    Tick,
    /// How fast.
    Speed(Speed),
    /// A choice of the question with this number.
    Answer(usize, usize),

    /// The stage asks for something.
    Stage(StageMsg),
    /// The steps, or the editor.
    Tab(Tab),
    /// Another theme.
    Theme(Theme),
    /// Another arrangement.
    View(View),
    /// The window became so wide.
    Width(Width),
    /// Make the screen blank, or show it again.
    Blank,
    /// Enter or leave full screen.
    FullScreen,
    /// Show the help.
    Help,
    /// Let a step be typed.
    AskForStep,
    /// Close what is open.
    Escape,
    /// Put something on the clipboard.
    Copy(Copied),
    /// It was put there, or could not.
    Copied(Copied, bool),
    /// Show this mistake in the editor.
    ShowMistake(usize, usize),
    /// The notice was read.
    Dismiss,
    /// Nothing has moved for a moment: the address may be written.
    WriteAddress,
    /// A frame is about to be drawn; so many steps of a long run may be taken now.
    Frame(u64),
}
