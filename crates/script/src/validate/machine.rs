//! The machine's keys: given once, and within their ranges.
//! Not here: how keys fit together (the model's configuration checks that, for every variant).

use super::constant_name;
use crate::arith::{ArithError, eval};
use crate::ast::{Expr, Items, Script, Setting, SettingValue, StatementKind};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::span::Span;
use crate::suggest::did_you_mean;
use crate::vocabulary::{KeyKind, TABLE_FORMATS, Word, key};
use vmcore::chunked::ChunkedMap;

/// The greatest number of TLB entries.
const MAX_TLB: u32 = 1 << 16;

pub(super) fn check(script: &Script, out: &mut Diagnostics) {
    for statement in script.body.iter() {
        match &statement.node {
            StatementKind::Machine(machine) => settings(&machine.settings, out),
            StatementKind::Variant(variant) => settings(&variant.settings, out),
            _ => {}
        }
    }
}

fn settings(settings: &Items<Setting>, out: &mut Diagnostics) {
    let mut seen: ChunkedMap<&str, Span> = ChunkedMap::default();
    for setting in settings.iter() {
        let name = setting.key.node.as_str();
        if let Some(first) = seen.insert(name, setting.key.span) {
            let message = format!("`{name}` is set twice");
            let diagnostic = Diagnostic::error(setting.key.span, message);
            out.push(diagnostic.label(first, "the first time"));
        }
        if let Some(kind) = key(name)
            && let Err(diagnostic) = value(setting, kind)
        {
            out.push(diagnostic);
        }
    }
}

/// Is the value one that the key may have?
fn value(setting: &Setting, kind: KeyKind) -> Result<(), Diagnostic> {
    let name = &setting.key.node;
    let span = setting.value.span;
    match (kind, &setting.value.node) {
        (KeyKind::Number { min, max }, SettingValue::Number(expr)) => range(name, expr, min, max).map(|_| ()),
        (KeyKind::PowerOfTwo { min, max }, SettingValue::Number(expr)) => {
            let number = number_setting(expr)?;
            if (min..=max).contains(&number) && number & (number - 1) == 0 {
                return Ok(());
            }
            let message = format!("`{name}` cannot be {number}");
            Err(Diagnostic::error(span, message).expected(format!("a power of two from {min} to {max}")))
        }
        (KeyKind::WordOrNumber { max, .. }, SettingValue::Number(expr)) => range(name, expr, 1, max).map(|_| ()),
        (KeyKind::WordOrNumber { word, .. }, SettingValue::Word(given)) => {
            one_of(name, given, span, &[word], &format!("`{word}` or a number"))
        }
        (KeyKind::Switch, SettingValue::Word(given)) => one_of(name, given, span, &["on", "off"], "`on` or `off`"),
        (KeyKind::Choice(words), SettingValue::Word(given)) => {
            let names: Vec<&str> = words.iter().map(|word| word.name).collect();
            one_of(name, given, span, &names, &listed(words))
        }
        (KeyKind::TableFormat, SettingValue::Word(given)) => table_format(given, span),
        (KeyKind::Tlb, SettingValue::Word(given)) => match parse_tlb(given) {
            Some(_) => Ok(()),
            None => Err(Diagnostic::error(span, format!("`{name}` cannot be `{given}`")).expected(
                "a number of entries such as `64`, or entries and ways such as `64x4`, ways dividing entries",
            )),
        },
        (kind, _) => Err(Diagnostic::error(span, format!("this is no value for `{name}`")).expected(expectation(kind))),
    }
}

fn expectation(kind: KeyKind) -> String {
    match kind {
        KeyKind::Number { min, max } => format!("a number from {min} to {max}"),
        KeyKind::PowerOfTwo { min, max } => format!("a power of two from {min} to {max}"),
        KeyKind::Switch => "`on` or `off`".to_string(),
        KeyKind::Choice(words) => listed(words),
        KeyKind::WordOrNumber { word, .. } => format!("`{word}` or a number"),
        KeyKind::TableFormat => listed(TABLE_FORMATS),
        KeyKind::Tlb => "a number of entries".to_string(),
    }
}

fn listed(words: &[Word]) -> String {
    let names: Vec<String> = words.iter().map(|word| format!("`{}`", word.name)).collect();
    format!("one of {}", names.join(", "))
}

/// The value of a number that a key is set to: constants only, and no page size, which is itself
/// such a number.
pub fn number_setting(expr: &Expr) -> Result<i128, Diagnostic> {
    eval(expr, &constant_name).map_err(|(error, span)| match error {
        ArithError::UnknownName(name) if name == "PAGE" => {
            Diagnostic::error(span, "the machine's keys cannot speak of PAGE: they decide it")
        }
        error => Diagnostic::error(span, error.to_string()).expected("a number"),
    })
}

fn range(name: &str, expr: &Expr, min: i128, max: i128) -> Result<i128, Diagnostic> {
    let number = number_setting(expr)?;
    if (min..=max).contains(&number) {
        return Ok(number);
    }
    let message = match (name, number) {
        ("frames", 0) => "a machine with 0 frames has no memory at all".to_string(),
        _ => format!("`{name}` cannot be {number}"),
    };
    Err(Diagnostic::error(expr.span, message).expected(format!("a number from {min} to {max}")))
}

fn one_of(name: &str, given: &str, span: Span, words: &[&str], expected: &str) -> Result<(), Diagnostic> {
    if words.contains(&given) {
        return Ok(());
    }
    let help = did_you_mean(given, words.iter().copied());
    Err(Diagnostic::error(span, format!("`{name}` cannot be `{given}`")).expected(expected).help(help))
}

fn table_format(given: &str, span: Span) -> Result<(), Diagnostic> {
    if given.starts_with(|c: char| c.is_ascii_digit()) {
        return index_widths(given, span);
    }
    let names: Vec<&str> = TABLE_FORMATS.iter().map(|word| word.name).collect();
    let expected = format!("{}, or index widths such as `4+4`", listed(TABLE_FORMATS));
    one_of("table", given, span, &names, &expected)
}

/// `4+4`: each index from 1 to 24 bits, at most 6 of them.
fn index_widths(given: &str, span: Span) -> Result<(), Diagnostic> {
    let widths: Vec<_> = given.split('+').map(str::parse::<u32>).collect();
    let fits = |width: &Result<u32, _>| matches!(width, Ok(1..=24));
    let total: u32 = widths.iter().flatten().sum();
    if widths.len() <= 6 && widths.iter().all(fits) && total <= 54 {
        return Ok(());
    }
    Err(Diagnostic::error(span, format!("`table` cannot be `{given}`"))
        .expected("index widths from the root such as `4+4`: up to 6 of 1 to 24 bits, 54 in all"))
}

/// Entries and ways of `64x4` or `64`; without ways the TLB is fully associative. `None` if that
/// is no TLB: ways must divide entries, and there are at most 65536 entries.
pub fn parse_tlb(given: &str) -> Option<(u32, u32)> {
    let (entries, ways) = match given.split_once('x') {
        Some((entries, ways)) => (entries.parse().ok()?, ways.parse().ok()?),
        None => (given.parse().ok()?, 0),
    };
    match (entries, ways) {
        (0, 0) => Some((0, 0)),
        (1..=MAX_TLB, 0) if !given.contains('x') => Some((entries, entries)),
        (1..=MAX_TLB, 1..) if entries % ways == 0 => Some((entries, ways)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse_tlb;

    #[test]
    fn tlb_sizes() {
        assert_eq!(parse_tlb("0"), Some((0, 0)));
        assert_eq!(parse_tlb("4"), Some((4, 4)));
        assert_eq!(parse_tlb("64x4"), Some((64, 4)));
        for none in ["64x3", "64x0", "0x4", "x", "1000000", "-4", "64x4x4"] {
            assert_eq!(parse_tlb(none), None, "{none}");
        }
    }
}
