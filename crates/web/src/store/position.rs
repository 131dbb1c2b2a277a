//! Where in a run one stands: a step, or between the parts of one. Written `7` or `7.3`.
//!
//! Does not own: how many steps or parts there are; whoever knows clamps.

use std::fmt;
use std::str::FromStr;

/// A place in a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Position {
    /// Steps that lie behind, the present one counted; 0 is before the first.
    pub step: u64,
    /// Inside the step, after so many of its parts (from 1); `None` is the step as a whole.
    pub part: Option<u32>,
}

impl Position {
    /// Before the first step.
    pub const START: Self = Self { step: 0, part: None };

    /// After a whole step.
    pub const fn after(step: u64) -> Self {
        Self { step, part: None }
    }

    /// Inside a step, after `part` of its parts.
    pub const fn inside(step: u64, part: u32) -> Self {
        Self { step, part: Some(part) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            Some(part) => write!(f, "{}.{part}", self.step),
            None => write!(f, "{}", self.step),
        }
    }
}

/// A place that somebody wants to go to, which may not have been run to yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// This place, or the end if the run is shorter.
    At(Position),
    /// The end.
    Last,
    /// After the first step of the statement that begins at this byte of the text.
    Statement(u32),
}

impl Default for Goal {
    fn default() -> Self {
        Self::At(Position::START)
    }
}

impl FromStr for Goal {
    type Err = ();

    /// `7`, `7.3` or `last`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("last") {
            return Ok(Self::Last);
        }
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (step, part) = match text.split_once('.') {
            Some((step, part)) if digits(part) => (step, Some(part.parse().map_err(|_| ())?)),
            Some(_) => return Err(()),
            None => (text, None),
        };
        if !digits(step) {
            return Err(());
        }
        let step = step.parse().map_err(|_| ())?;
        Ok(Self::At(Position { step, part: part.filter(|_| step > 0) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written() {
        for position in [Position::START, Position::after(7), Position::inside(7, 3)] {
            assert_eq!(position.to_string().parse(), Ok(Goal::At(position)));
        }
        assert_eq!("last".parse(), Ok(Goal::Last));
    }

    #[test]
    fn nonsense_is_no_place() {
        for text in ["", "x", "-1", "7.", ".3", "7.3.1", "1e3", "+7", "99999999999999999999"] {
            assert_eq!(text.parse::<Goal>(), Err(()), "{text}");
        }
    }
}
