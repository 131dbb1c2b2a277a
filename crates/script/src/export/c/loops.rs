//! Loops: counting ones are loops in C, drawn numbers are written out.

use super::Refused;
use super::scale::Scope;
use crate::ast::{Expr, Source};
use crate::diagnostic::Diagnostic;
use crate::run::draws::{Draws, MAX_TABLE, MAX_UNIFORM};
use crate::span::Span;

/// Numbers that one loop may have written out.
const MAX_LISTED: i128 = 10_000;

/// What is not known beforehand can be anything.
const ANY: (i128, i128) = (i128::MIN, i128::MAX);

/// A loop's head, and the least and the largest value of its variable.
pub(super) struct Head {
    pub(super) text: String,
    pub(super) range: (i128, i128),
}

/// `for variable in source`, where `variable` is its C name.
pub(super) fn head(scope: &Scope<'_>, source: &Source, span: Span, variable: &str) -> Result<Head, Refused> {
    match source {
        Source::Range { from, to, step } => range(scope, from, to, step.as_ref(), variable),
        Source::List(items) => {
            let numbers: Result<Vec<_>, _> = items.iter().map(|item| scope.number(item)).collect();
            let ranges: Option<Vec<_>> = items.iter().map(|item| scope.range(item)).collect();
            let ranges = ranges.unwrap_or_else(|| vec![ANY]);
            let least = ranges.iter().map(|range| range.0).min().unwrap_or(0);
            let most = ranges.iter().map(|range| range.1).max().unwrap_or(0);
            Ok(listed(variable, &numbers?, (least, most), ""))
        }
        Source::Uniform { n, count, seed } => {
            let n = constant(scope, n, 1, MAX_UNIFORM)?;
            let draws = Draws::uniform(n as u64, constant(scope, seed, i128::MIN, i128::MAX)?);
            Ok(drawn(variable, draws, constant(scope, count, 0, MAX_LISTED)?, n, "uniform"))
        }
        Source::Zipf { n, alpha, count, seed } => {
            let n = constant(scope, n, 1, MAX_TABLE)?;
            let draws = Draws::zipf(n as u32, *alpha, constant(scope, seed, i128::MIN, i128::MAX)?);
            Ok(drawn(variable, draws, constant(scope, count, 0, MAX_LISTED)?, n, "zipf"))
        }
        Source::Shuffle { n, seed } => {
            let n = constant(scope, n, 0, MAX_LISTED)?;
            let draws = Draws::shuffled(n as u32, constant(scope, seed, i128::MIN, i128::MAX)?);
            Ok(drawn(variable, draws, n, n, "shuffle"))
        }
    }
    .and_then(|head| match i64::try_from(head.range.0).is_ok() && i64::try_from(head.range.1).is_ok() {
        true => Ok(head),
        false => Err(Diagnostic::error(span, "this loop's numbers do not fit C's long")),
    })
}

/// `repeat count`.
pub(super) fn repeat(scope: &Scope<'_>, count: &Expr, depth: usize) -> Result<String, Refused> {
    let round = format!("round_{depth}");
    Ok(format!("for (long {round} = 0; {round} < {}; {round}++) {{\n", scope.number(count)?))
}

fn range(scope: &Scope<'_>, from: &Expr, to: &Expr, step: Option<&Expr>, variable: &str) -> Result<Head, Refused> {
    let by = match step {
        Some(step) => constant(scope, step, i64::MIN.into(), i64::MAX.into())?,
        None => 1,
    };
    let (from_text, to_text) = (scope.number(from)?, scope.number(to)?);
    let next = match by {
        1 => format!("{variable}++"),
        -1 => format!("{variable}--"),
        by if by < 0 => format!("{variable} -= {}", by.unsigned_abs()),
        by => format!("{variable} += {by}"),
    };
    let sign = if by < 0 { ">" } else { "<" };
    // The variable steps once over its end before the loop is left, but no step sees that.
    let (from, to) = (scope.range(from).unwrap_or(ANY), scope.range(to).unwrap_or(ANY));
    let range = match by < 0 {
        true => (to.0.saturating_add(1).min(from.1), from.1),
        false => (from.0, to.1.saturating_sub(1).max(from.0)),
    };
    Ok(Head { text: format!("for (long {variable} = {from_text}; {variable} {sign} {to_text}; {next}) {{\n"), range })
}

fn constant(scope: &Scope<'_>, expr: &Expr, least: i128, most: i128) -> Result<i128, Refused> {
    let value = scope.constant(expr)?;
    let value = value.ok_or_else(|| Diagnostic::error(expr.span, "this must be constant to be exported"))?;
    match (least..=most).contains(&value) {
        true => Ok(value),
        false => {
            Err(Diagnostic::error(expr.span, format!("{value} cannot be exported"))
                .expected(format!("{least} to {most}")))
        }
    }
}

fn drawn(variable: &str, mut draws: Draws, count: i128, n: i128, name: &str) -> Head {
    let numbers: Vec<String> = (0..count).map(|_| draws.draw().to_string()).collect();
    listed(variable, &numbers, (0, n), name)
}

fn listed(variable: &str, numbers: &[String], range: (i128, i128), source: &str) -> Head {
    let note = if source.is_empty() { String::new() } else { format!("/* {source} */ ") };
    if numbers.is_empty() {
        return Head { text: format!("for (long {variable} = 0; 0; {variable}++) {{ {note}\n"), range: (0, 0) };
    }
    let mut text = format!("{note}EACH({variable}, ");
    let mut column = text.len();
    for (at, number) in numbers.iter().enumerate() {
        let comma = if at + 1 < numbers.len() { ", " } else { "" };
        if column + number.len() + 2 > super::COLUMNS - 8 {
            text.truncate(text.trim_end().len());
            text.push_str("\n     ");
            column = 5;
        }
        column += number.len() + comma.len();
        text.push_str(number);
        text.push_str(comma);
    }
    text.push_str(") {\n");
    Head { text, range }
}
