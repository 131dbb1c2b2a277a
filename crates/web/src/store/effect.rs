//! What the model asks of the browser. Carried out by `app` and `hooks`, in order.

use crate::url::Theme;
use std::rc::Rc;

/// Several, in order.
pub type Effects = Vec<Effect>;

/// One thing for the browser to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Send `Msg::Frame` when the next frame is drawn; asked twice, it is sent once.
    NextFrame,
    /// Send `Msg::Tick` every so many milliseconds, or no more.
    Play(Option<u32>),
    /// Look for an edited text, and send `Msg::DraftFound` if there is one.
    FindDraft(String),
    /// Keep an edited text, or forget it. It may fail.
    KeepDraft(String, Option<Rc<str>>),
    /// Say where we are in the address.
    Address(Entry),
    /// Put something on the clipboard, and send `Msg::Copied`.
    Copy(Copied),
    /// Enter full screen, or leave it.
    FullScreen,
    /// Press the button with this id.
    Press(&'static str),
    /// Give the focus to the element with this id.
    Focus(&'static str),
    /// Scroll to what is lit in the picture, once it is drawn.
    Reveal,
    /// Select these bytes of the text in the editor.
    Select(usize, usize),
    /// Write to the console.
    Log(String),
    /// Wear this theme.
    Wear(Theme),
}

/// How an address enters the history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// In the place of the present one.
    Replace,
    /// As a new one, that Back leaves again.
    Push,
}

/// What is put on the clipboard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Copied {
    /// The address of this moment.
    Link,
    /// The script.
    Text,
}
