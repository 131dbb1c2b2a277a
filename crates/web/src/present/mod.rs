//! State and view settings to view models: small, owned, cheaply compared. No Yew, no browser, no rule of memory.
//!
//! | room | what it shows |
//! |---|---|
//! | [`program`] | the script's lines with their verdicts |
//! | [`editor`] | the text in its colours |
//! | [`log`] | what happened in the present step, and the counters |
//! | [`caption`] | the one sentence of the moment, for the caption and the live region |
//! | [`question`] | the question before a step, and its answer after it |
//! | [`timeline`] | the run's shape, and where in it we are |
//! | [`machine`] | the machine's keys and what they may be |
//! | [`mistakes`] | what is wrong with the text, with places |
//! | [`scene`] | the picture |
//! | [`views`] | all of it, kept as long as it is the same |

pub mod caption;
pub mod editor;
pub mod log;
pub mod machine;
pub mod mistakes;
pub mod program;
pub mod question;
pub mod scene;
pub mod timeline;
pub mod views;

use vmcore::series::Verdict;
use vmcore::units::Pid;

/// A process as it is marked everywhere: colour and letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Badge {
    /// One or two letters.
    pub letters: String,
    /// The whole name.
    pub name: String,
    /// Which of the four process colours; the kernel has none.
    pub hue: Option<u8>,
}

impl Badge {
    /// The mark of a process.
    pub fn process(pid: Pid, name: &str) -> Self {
        Self { letters: name.chars().take(2).collect(), name: name.to_owned(), hue: Some((pid.get() % 4) as u8) }
    }

    /// The kernel's mark.
    pub fn kernel() -> Self {
        Self { letters: "·".to_owned(), name: "kernel".to_owned(), hue: None }
    }
}

/// The name of a verdict, for classes: `major`.
pub fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Quiet => "quiet",
        Verdict::Hit => "hit",
        Verdict::Minor => "minor",
        Verdict::Cow => "cow",
        Verdict::Major => "major",
        Verdict::Failed => "failed",
        Verdict::Refused => "refused",
    }
}

/// A verdict in words.
pub fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Quiet => "done",
        Verdict::Hit => "hit",
        Verdict::Minor => "minor fault",
        Verdict::Cow => "copy-on-write",
        Verdict::Major => "major fault",
        Verdict::Failed => "call failed",
        Verdict::Refused => "refused",
    }
}

/// A number as it is read: 50.5k, 1.2M; exact below ten thousand.
pub fn short_number(value: u64) -> String {
    let (tenth, unit) = match value {
        0..10_000 => return value.to_string(),
        10_000..1_000_000 => (100, "k"),
        1_000_000..1_000_000_000 => (100_000, "M"),
        _ => (100_000_000, "G"),
    };
    match value / tenth {
        tenths @ 0..1000 => format!("{}.{}{unit}", tenths / 10, tenths % 10),
        tenths => format!("{}{unit}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact_where_they_can_be() {
        let cases = [(0, "0"), (9999, "9999"), (50_500, "50.5k"), (123_456, "123k"), (1_200_000, "1.2M")];
        for (value, text) in cases {
            assert_eq!(short_number(value), text);
        }
    }
}
