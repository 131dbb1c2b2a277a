//! The table: a figure, its baseline, their ratio, and whether it is what we want.

use crate::Failure;
use std::fmt::Display;
use std::io::Write;

/// What a figure should be: at least (a speed) or at most (a price).
#[derive(Clone, Copy)]
pub(super) enum Goal {
    /// Not below: what must be, and what we want.
    AtLeast(f64, f64),
    /// Not above.
    AtMost(f64, f64),
    /// Only told.
    None,
}

impl Goal {
    fn verdict(self, figure: f64) -> &'static str {
        let (must, want) = match self {
            Self::AtLeast(must, want) => (figure >= must, figure >= want),
            Self::AtMost(must, want) => (figure <= must, figure <= want),
            Self::None => return "",
        };
        match (must, want) {
            (_, true) => "reached, as wanted",
            (true, false) => "reached",
            (false, false) => "NOT REACHED",
        }
    }

    fn told(self) -> String {
        match self {
            Self::AtLeast(must, want) => format!("≥ {} (≥ {})", brief(must), brief(want)),
            Self::AtMost(must, want) => format!("≤ {} (≤ {})", brief(must), brief(want)),
            Self::None => String::new(),
        }
    }
}

/// A number as people write ratios: a small one as a fraction of one.
fn brief(number: f64) -> String {
    match number {
        n if n > 0.0 && n < 0.05 => format!("1/{:.0}", 1.0 / n),
        n if n >= 10.0 => format!("{n:.0}"),
        n => format!("{n:.2}"),
    }
}

/// Rows as they come, so that a long run shows where it is.
pub(super) struct Table<'a, W> {
    out: &'a mut W,
}

impl<'a, W: Write> Table<'a, W> {
    pub(super) fn begin(out: &'a mut W) -> Result<Self, Failure> {
        let mut table = Self { out };
        table.line(["", "what : baseline", "this", "baseline", "figure", "must (want)", ""].map(str::to_owned))?;
        Ok(table)
    }

    fn line(&mut self, cells: [String; 7]) -> Result<(), Failure> {
        let [id, what, ours, base, figure, goal, verdict] = cells;
        let line = format!("{id:<3} {what:<58} {ours:>12} {base:>12} {figure:>8}  {goal:<18} {verdict}");
        writeln!(self.out, "{}", line.trim_end())?;
        self.out.flush()?;
        Ok(())
    }

    /// How many a second, of nanoseconds each and of the baseline's.
    pub(super) fn speeds(&mut self, what: &str, ours: f64, base: f64) -> Result<(), Failure> {
        let none = String::new;
        self.line([none(), what.to_owned(), speed(ours), speed(base), none(), none(), none()])
    }

    /// A figure beside its baseline; what they are is told with their units.
    pub(super) fn row(
        &mut self,
        id: &str,
        what: impl Display,
        (ours, base): (String, String),
        figure: f64,
        goal: Goal,
    ) -> Result<(), Failure> {
        let cells =
            [id.to_owned(), what.to_string(), ours, base, brief(figure), goal.told(), goal.verdict(figure).to_owned()];
        self.line(cells)
    }

    /// A figure that could not be measured, and why.
    pub(super) fn missing(&mut self, id: &str, why: impl Display) -> Result<(), Failure> {
        writeln!(self.out, "{id:<3} not measured: {why}")?;
        Ok(())
    }

    pub(super) fn end(self) -> Result<(), Failure> {
        let pairs = super::clock::PAIRS;
        writeln!(
            self.out,
            "Medians of {pairs} pairs, measured by turns; CPU time of the thread where nothing else is said."
        )?;
        Ok(())
    }
}

/// How many fit into a second, of nanoseconds each.
fn speed(value: f64) -> String {
    format!("{:.1} M/s", 1e3 / value)
}

/// Nanoseconds, with their unit.
pub(super) fn ns(value: f64) -> String {
    format!("{value:.1} ns")
}
