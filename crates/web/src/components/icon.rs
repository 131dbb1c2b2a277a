//! Signs, drawn here because no typeface has them all. They are never the only name of a button.

use super::element::{Element, el};

/// A sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Icon {
    /// To the start.
    First,
    /// A step back.
    Back,
    /// A part back.
    BackPart,
    /// Play.
    Play,
    /// Stop playing.
    Pause,
    /// A part on.
    NextPart,
    /// A step on.
    Next,
    /// To the end.
    Last,
    /// A menu.
    Down,
    /// Close.
    Close,
    /// Light and dark.
    Theme,
    /// Full screen.
    Full,
    /// Right.
    Check,
    /// Wrong.
    Cross,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::First => "M3 3h2v10H3zM13 3v10L6 8z",
            Self::Back => "M11.5 3v10L4.5 8z",
            Self::BackPart => "M10 4 6 8l4 4",
            Self::Play => "M4.5 2.5v11L13 8z",
            Self::Pause => "M4 3h3v10H4zM9 3h3v10H9z",
            Self::NextPart => "m6 4 4 4-4 4",
            Self::Next => "M4.5 3v10l7-5z",
            Self::Last => "M11 3h2v10h-2zM3 3v10l7-5z",
            Self::Down => "m4.5 6.5 3.5 3.5 3.5-3.5",
            Self::Close => "m4 4 8 8M12 4l-8 8",
            Self::Theme => "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
            Self::Full => "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3",
            Self::Check => "m3.5 8.5 3 3 6-7",
            Self::Cross => "m4.5 4.5 7 7M11.5 4.5l-7 7",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::BackPart | Self::NextPart | Self::Down | Self::Close | Self::Full | Self::Check | Self::Cross => {
                "icon icon-line"
            }
            Self::Theme => "icon icon-half",
            _ => "icon icon-solid",
        }
    }
}

/// A sign, for eyes only.
pub fn icon(icon: Icon) -> Element {
    let sign = el("svg").class(icon.class()).attr("viewBox", "0 0 16 16").attr("aria-hidden", "true");
    sign.child(el("path").attr("d", icon.path()))
}
