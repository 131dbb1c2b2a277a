//! What a key means where. `spec/embedding.md`, B1: clicker keys always, letters and punctuation only where no other
//! thing has the focus (WCAG 2.1.4), nothing at all where text is typed.

use super::msg::Msg;
use super::session::Landmark;
use crate::url::View;

/// What has the focus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The page, or the picture.
    Page,
    /// A place where text is typed.
    Text,
    /// The time bar.
    TimeBar,
    /// A list to choose from.
    List,
    /// A button or a link.
    Button,
    /// An open dialog or menu.
    Dialog,
}

/// A key that went down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Press<'a> {
    /// Its name, as browsers give it.
    pub key: &'a str,
    /// With Shift.
    pub shift: bool,
    /// With Ctrl or Cmd.
    pub command: bool,
    /// With Alt.
    pub alt: bool,
}

/// What the key asks for, if it is ours.
pub fn meaning(press: Press, place: Place, view: View) -> Option<Msg> {
    if press.alt {
        return None;
    }
    if press.command {
        return (press.key == "Enter" && place == Place::Text).then_some(Msg::Run);
    }
    match place {
        Place::Text | Place::Dialog => None,
        Place::List => clicker(press),
        // Its own arrows move the time bar; Home and End it knows as well.
        Place::TimeBar => clicker(press),
        Place::Button => clicker(press).or_else(|| arrows(press)),
        Place::Page => clicker(press).or_else(|| arrows(press)).or_else(|| signs(press, view)),
    }
}

fn clicker(press: Press) -> Option<Msg> {
    match press.key {
        "PageDown" => Some(Msg::Next),
        "PageUp" => Some(Msg::Back),
        "Escape" => Some(Msg::Escape),
        _ => None,
    }
}

fn arrows(press: Press) -> Option<Msg> {
    match press.key {
        "ArrowRight" => Some(Msg::Next),
        "ArrowLeft" => Some(Msg::Back),
        "ArrowDown" => Some(Msg::NextPart),
        "ArrowUp" => Some(Msg::BackPart),
        "Home" => Some(Msg::First),
        "End" => Some(Msg::Last),
        _ => None,
    }
}

fn signs(press: Press, view: View) -> Option<Msg> {
    Some(match press.key {
        " " if press.shift => Msg::Back,
        " " => Msg::Next,
        "]" => Msg::NextPart,
        "[" => Msg::BackPart,
        "p" | "P" => Msg::TogglePlay,
        "n" | "N" => Msg::NextLandmark(Landmark::Fault),
        "e" | "E" => Msg::NextLandmark(Landmark::Eviction),
        "q" | "Q" => Msg::NextLandmark(Landmark::Question),
        "g" | "G" if view != View::Embed => Msg::AskForStep,
        "f" | "F" => Msg::FullScreen,
        "?" => Msg::Help,
        "." | "b" | "B" if view == View::Lecture => Msg::Blank,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str, place: Place) -> Option<Msg> {
        meaning(Press { key, shift: false, command: false, alt: false }, place, View::Study)
    }

    #[test]
    fn a_clicker_works_wherever_no_text_is_typed() {
        for place in [Place::Page, Place::TimeBar, Place::Button, Place::List] {
            assert_eq!(press("PageDown", place), Some(Msg::Next));
            assert_eq!(press("PageUp", place), Some(Msg::Back));
        }
        assert_eq!(press("PageDown", Place::Text), None);
        assert_eq!(press("PageDown", Place::Dialog), None);
    }

    #[test]
    fn letters_act_only_on_the_page() {
        for key in ["p", "g", "f", "n", "e", "q", "?", " ", "]"] {
            assert!(press(key, Place::Page).is_some(), "{key}");
            for place in [Place::Text, Place::TimeBar, Place::Button, Place::List, Place::Dialog] {
                assert_eq!(press(key, place), None, "{key} at {place:?}");
            }
        }
    }

    #[test]
    fn what_browsers_own_is_left_to_them() {
        let with_command = Press { key: "p", shift: false, command: true, alt: false };
        assert_eq!(meaning(with_command, Place::Page, View::Study), None);
        let back = Press { key: "ArrowLeft", shift: false, command: false, alt: true };
        assert_eq!(meaning(back, Place::Page, View::Study), None);
        assert_eq!(press("ArrowRight", Place::TimeBar), None, "the time bar has its own arrows");
    }

    #[test]
    fn a_script_runs_from_the_editor_by_key() {
        let enter = Press { key: "Enter", shift: false, command: true, alt: false };
        assert_eq!(meaning(enter, Place::Text, View::Study), Some(Msg::Run));
    }
}
