//! Loops: counting ones are loops in C, drawn numbers are written out.

use super::Refused;
use super::scale::Scope;
use crate::ast::{Expr, Source};
use crate::diagnostic::Diagnostic;
use crate::run::draws::{Draws, MAX_TABLE, MAX_UNIFORM};
use crate::span::Span;

/// Numbers that one loop may have written out.
const MAX_LISTED: i128 = 10_000;

/// A loop's head, and how large its variable can become.
pub(super) struct Head {
    pub(super) text: String,
    pub(super) most: i128,
}

/// `for variable in source`, where `variable` is its C name.
pub(super) fn head(scope: &Scope<'_>, source: &Source, span: Span, variable: &str) -> Result<Head, Refused> {
    match source {
        Source::Range { from, to, step } => range(scope, from, to, step.as_ref(), variable),
        Source::List(items) => {
            let numbers: Result<Vec<_>, _> = items.iter().map(|item| scope.number(item)).collect();
            let most = items.iter().map(|item| scope.bound(item).unwrap_or(i128::MAX)).max().unwrap_or(0);
            Ok(listed(variable, &numbers?, most, ""))
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
    .and_then(|head| match head.most <= i128::from(i64::MAX) {
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
    let most = |expr| scope.bound(expr).unwrap_or(i128::MAX);
    Ok(Head {
        text: format!("for (long {variable} = {from_text}; {variable} {sign} {to_text}; {next}) {{\n"),
        most: most(from).max(most(to)).saturating_add(by.abs()),
    })
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
    listed(variable, &numbers, n, name)
}

fn listed(variable: &str, numbers: &[String], most: i128, source: &str) -> Head {
    let note = if source.is_empty() { String::new() } else { format!("/* {source} */ ") };
    if numbers.is_empty() {
        return Head { text: format!("for (long {variable} = 0; 0; {variable}++) {{ {note}\n"), most: 0 };
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
    Head { text, most }
}
