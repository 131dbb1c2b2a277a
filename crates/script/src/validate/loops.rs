//! How many steps there are, as far as the bounds of loops are constant.

use super::constant_name;
use crate::arith::eval;
use crate::ast::{Block, Expr, Script, Source, StatementKind};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// The most steps that a script may run; each round of a loop counts as one at least.
pub const MAX_STEPS: u64 = 100_000_000;

pub(super) fn check(script: &Script, out: &mut Diagnostics) {
    count(&script.body, out);
}

/// The least number of steps that `block` takes. A loop that alone takes too many is reported and
/// counted as none, so that it is reported once.
fn count(block: &Block, out: &mut Diagnostics) -> u128 {
    let limit = u128::from(MAX_STEPS);
    let mut sum = 0u128;
    for statement in block.iter() {
        let steps = match &statement.node {
            StatementKind::Step(_) => 1,
            StatementKind::For(looped) => rounds(&looped.source.node).saturating_mul(count(&looped.body, out).max(1)),
            StatementKind::Repeat(looped) => times(&looped.count).saturating_mul(count(&looped.body, out).max(1)),
            _ => 0,
        };
        sum = sum.saturating_add(steps);
        if sum > limit {
            let message = format!("this makes at least {sum} steps");
            // The head of a loop is enough to show.
            let span = match &statement.node {
                StatementKind::For(looped) => looped.source.span,
                StatementKind::Repeat(looped) => looped.count.span,
                _ => statement.span,
            };
            let expected = format!("at most {MAX_STEPS} steps in a script");
            out.push(Diagnostic::error(span, message).expected(expected));
            sum = 0;
        }
    }
    sum
}

/// How often a loop goes round at least: 0 if that is not constant.
fn rounds(source: &Source) -> u128 {
    match source {
        Source::List(items) => items.len() as u128,
        Source::Uniform { count, .. } | Source::Zipf { count, .. } => times(count),
        Source::Shuffle { n, .. } => times(n),
        Source::Range { from, to, step } => {
            let step = step.as_ref().map_or(Some(1), value);
            match (value(from), value(to), step) {
                (Some(from), Some(to), Some(step)) => range_len(from, to, step),
                _ => 0,
            }
        }
    }
}

fn value(expr: &Expr) -> Option<i128> {
    eval(expr, &constant_name).ok()
}

fn times(count: &Expr) -> u128 {
    value(count).map_or(0, |count| count.max(0).unsigned_abs())
}

/// How many numbers `from..to step step` has; none if the step does not lead there.
pub(crate) fn range_len(from: i128, to: i128, step: i128) -> u128 {
    let (distance, step_size) = match step {
        1.. if from < to => (to.abs_diff(from), step.unsigned_abs()),
        ..=-1 if from > to => (from.abs_diff(to), step.unsigned_abs()),
        _ => return 0,
    };
    distance.div_ceil(step_size)
}

#[cfg(test)]
mod tests {
    use super::range_len;

    #[test]
    fn lengths_of_ranges() {
        assert_eq!(range_len(0, 10, 1), 10);
        assert_eq!(range_len(0, 10, 3), 4);
        assert_eq!(range_len(10, 0, -5), 2);
        assert_eq!(range_len(10, 0, 1), 0);
        assert_eq!(range_len(0, 10, 0), 0);
        assert_eq!(range_len(i128::MIN, i128::MAX, 1), u128::MAX);
    }
}
