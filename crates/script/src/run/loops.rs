//! Loops that are running.

use super::code::Env;
use super::draws::{Draws, MAX_TABLE, MAX_UNIFORM};
use super::program::{Loop, LoopSource};
use crate::diagnostic::Diagnostic;
use crate::validate::range_len;

/// A loop that is running: the round it is in, and those to come.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// Which loop.
    pub(super) number: u32,
    /// The value of its variable in this round.
    pub(super) value: i128,
    /// Rounds to come after this one.
    left: u128,
    rest: Rest,
    /// What the run had spent when this round began.
    pub(super) spent: u64,
}

/// Where the values of the rounds to come are from.
#[derive(Clone, Debug)]
enum Rest {
    Counting { step: i128 },
    Listed { next: usize },
    Drawn(Draws),
}

/// A loop that has been entered.
pub(super) struct Entered {
    /// Its first round; `None` if it goes round zero times.
    pub(super) frame: Option<Frame>,
    /// What working out its values beforehand costs, in steps.
    pub(super) work: u64,
    /// How often it goes round; each round counts as a step at least.
    pub(super) rounds: u128,
}

/// What a table of numbers costs to make, in steps an entry: about as long as so many steps take.
const SHUFFLE_WORK: u64 = 4;
const ZIPF_WORK: u64 = 16;

/// Enters loop `number`.
pub(super) fn enter(number: u32, looped: &Loop, env: &Env<'_>) -> Result<Entered, Diagnostic> {
    let (rounds, rest, work) = rounds(looped, env)?;
    let start = match &looped.source {
        LoopSource::Range { from, .. } => from.eval(env)?,
        _ => 0,
    };
    let mut frame = Frame { number, value: start, left: rounds, rest, spent: 0 };
    // Counting loops are in their first round with their first value already.
    let first = match frame.rest {
        Rest::Counting { .. } => rounds.checked_sub(1).map(|left| frame.left = left).is_some(),
        _ => frame.advance(looped, env)?,
    };
    Ok(Entered { frame: first.then_some(frame), work, rounds })
}

fn rounds(looped: &Loop, env: &Env<'_>) -> Result<(u128, Rest, u64), Diagnostic> {
    let between = |value: i128, least: i128, most: i128, what: &str| {
        let message = || format!("{what} cannot be {value}");
        let expected = || format!("{least} to {most}");
        let fits = (least..=most).contains(&value);
        if fits { Ok(value) } else { Err(Diagnostic::error(looped.span, message()).expected(expected())) }
    };
    let times = |count: i128| between(count, 0, i128::MAX, "a count").map(i128::unsigned_abs);
    Ok(match &looped.source {
        LoopSource::Repeat(count) => (times(count.eval(env)?)?, Rest::Counting { step: 1 }, 0),
        LoopSource::Range { from, to, step } => {
            let step = step.as_ref().map_or(Ok(1), |step| step.eval(env))?;
            if step == 0 {
                return Err(Diagnostic::error(looped.span, "a step of 0 leads nowhere"));
            }
            (range_len(from.eval(env)?, to.eval(env)?, step), Rest::Counting { step }, 0)
        }
        LoopSource::List(items) => (items.len() as u128, Rest::Listed { next: 0 }, 0),
        LoopSource::Uniform { n, count, seed } => {
            let n = between(n.eval(env)?, 1, MAX_UNIFORM, "the n of `uniform`")?;
            let draws = Draws::uniform(n as u64, seed.eval(env)?);
            (times(count.eval(env)?)?, Rest::Drawn(draws), 0)
        }
        LoopSource::Zipf { n, alpha, count, seed } => {
            let n = between(n.eval(env)?, 1, MAX_TABLE, "the n of `zipf`")?;
            let draws = Draws::zipf(n as u32, *alpha, seed.eval(env)?);
            (times(count.eval(env)?)?, Rest::Drawn(draws), n as u64 * ZIPF_WORK)
        }
        LoopSource::Shuffle { n, seed } => {
            let n = between(n.eval(env)?, 0, MAX_TABLE, "the n of `shuffle`")?;
            let draws = Draws::shuffled(n as u32, seed.eval(env)?);
            (n.unsigned_abs(), Rest::Drawn(draws), n as u64 * SHUFFLE_WORK)
        }
    })
}

impl Frame {
    /// Goes on to the next round; false if there is none.
    pub(super) fn advance(&mut self, looped: &Loop, env: &Env<'_>) -> Result<bool, Diagnostic> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(false);
        };
        self.left = left;
        self.value = match (&mut self.rest, &looped.source) {
            (Rest::Counting { step }, _) => self.value.saturating_add(*step),
            (Rest::Drawn(draws), _) => draws.draw(),
            (Rest::Listed { next }, LoopSource::List(items)) => {
                let value = items[*next].eval(env)?;
                *next += 1;
                value
            }
            (Rest::Listed { .. }, _) => unreachable!("only lists are listed"),
        };
        Ok(true)
    }
}
