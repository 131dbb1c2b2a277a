//! Expressions, places, arguments and steps as text.

use crate::ast::{Action, Arg, ArgKind, Decimal, Expr, ExprKind, Index, IntLit, IntStyle, Place, Step};
use std::fmt::Write as _;

/// An expression.
pub fn expr_text(expr: &Expr) -> String {
    let mut out = String::new();
    write_expr(&mut out, expr, 0);
    out
}

/// Writes `expr`, in parentheses if it binds less tightly than `least`.
fn write_expr(out: &mut String, expr: &Expr, least: u8) {
    match &expr.node {
        ExprKind::Int(int) => write_int(out, *int),
        ExprKind::Name(name) => out.push_str(name),
        ExprKind::Neg(inner) => {
            out.push('-');
            // Anything with an operator needs its parentheses under a minus.
            write_expr(out, inner, u8::MAX);
        }
        ExprKind::Binary(op, left, right) => {
            let own = op.precedence();
            let parens = own < least;
            if parens {
                out.push('(');
            }
            write_expr(out, left, own);
            let _ = write!(out, " {} ", op.sign());
            write_expr(out, right, own + 1);
            if parens {
                out.push(')');
            }
        }
    }
}

fn write_int(out: &mut String, int: IntLit) {
    let value = int.value;
    let _ = match int.style {
        IntStyle::Hex(digits) => write!(out, "0x{value:0width$x}", width = usize::from(digits)),
        IntStyle::Binary(digits) => write!(out, "0b{value:0width$b}", width = usize::from(digits)),
        IntStyle::Char => match u8::try_from(value) {
            Ok(byte) => write!(out, "'{}'", escaped(&[byte], '\'')),
            Err(_) => write!(out, "{value}"),
        },
        IntStyle::Suffix(letter, shift) if value % (1i128 << shift) == 0 => {
            write!(out, "{}{letter}", value >> shift)
        }
        IntStyle::Grouped => write!(out, "{}", grouped(value)),
        IntStyle::Suffix(..) | IntStyle::Decimal => write!(out, "{value}"),
    };
}

/// Groups of three digits: `1_000_000`.
fn grouped(value: i128) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// The bytes as they stand between `quote`s.
fn escaped(bytes: &[u8], quote: char) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\\' => out.push_str("\\\\"),
                _ if c == quote => {
                    out.push('\\');
                    out.push(c);
                }
                _ if c.is_control() || (quote == '\'' && !c.is_ascii()) => {
                    let mut buffer = [0; 4];
                    for byte in c.encode_utf8(&mut buffer).bytes() {
                        let _ = write!(out, "\\x{byte:02x}");
                    }
                }
                _ => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// A string literal.
pub(super) fn string_text(bytes: &[u8]) -> String {
    format!("\"{}\"", escaped(bytes, '"'))
}

pub(super) fn decimal_text(decimal: Decimal) -> String {
    let places = usize::from(decimal.places);
    let digits = format!("{:0width$}", decimal.digits, width = places + 1);
    match digits.split_at(digits.len() - places) {
        (whole, "") => whole.to_string(),
        (whole, rest) => format!("{whole}.{rest}"),
    }
}

pub(super) fn list_text(items: &[Expr]) -> String {
    let items: Vec<String> = items.iter().map(expr_text).collect();
    format!("[{}]", items.join(", "))
}

pub(super) fn place_text(place: &Place) -> String {
    let base = place.base.as_ref().map_or("", |name| name.node.as_str());
    match &place.index {
        Index::One(at) => format!("{base}[{}]", expr_text(at)),
        Index::Range(from, to) => format!("{base}[{}..{}]", expr_text(from), expr_text(to)),
    }
}

pub(super) fn arg_text(arg: &Arg) -> String {
    match &arg.node {
        ArgKind::Expr(expr) => expr_text(expr),
        ArgKind::Text(bytes) => string_text(bytes),
        ArgKind::List(items) => list_text(items),
        ArgKind::Fill(byte, count) => format!("fill({}, {})", expr_text(byte), expr_text(count)),
        ArgKind::Memory(place) => place_text(place),
    }
}

/// What a step says after its process: `p = mmap(…)`.
pub fn step_text(step: &Step) -> String {
    let bind = step.bind.as_ref().map_or(String::new(), |name| format!("{} = ", name.node));
    let action = match &step.action {
        Action::Call(call) => {
            let args: Vec<String> = call.args.iter().map(arg_text).collect();
            format!("{}({})", call.name.node, args.join(", "))
        }
        Action::Load(place) => place_text(place),
        Action::Store(place, value) => format!("{} = {}", place_text(place), arg_text(value)),
        Action::Fetch(place) => format!("fetch {}", place_text(place)),
    };
    bind + &action
}
