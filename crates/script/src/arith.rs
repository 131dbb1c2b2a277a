//! The arithmetic of expressions: signed, 128 bits wide, checked.
//! Not here: where names get their values from; the caller brings that.

use crate::ast::{BinaryOp, Expr, ExprKind};
use crate::span::Span;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArithError {
    /// The result does not fit 128 bits.
    Overflow,
    /// Division, or remainder, by zero.
    DivisionByZero,
    /// A name without a value.
    UnknownName(String),
}

impl std::fmt::Display for ArithError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ArithError::Overflow => f.write_str("the result does not fit 128 bits"),
            ArithError::DivisionByZero => f.write_str("division by zero"),
            ArithError::UnknownName(name) => write!(f, "unknown name `{name}`"),
        }
    }
}

/// Applies one binary operator.
pub fn apply(op: BinaryOp, left: i128, right: i128) -> Result<i128, ArithError> {
    let result = match op {
        BinaryOp::Or => Some(left | right),
        BinaryOp::Add => left.checked_add(right),
        BinaryOp::Sub => left.checked_sub(right),
        BinaryOp::Mul => left.checked_mul(right),
        BinaryOp::Div | BinaryOp::Rem if right == 0 => return Err(ArithError::DivisionByZero),
        BinaryOp::Div => left.checked_div(right),
        BinaryOp::Rem => left.checked_rem(right),
    };
    result.ok_or(ArithError::Overflow)
}

/// Negates.
pub fn negate(value: i128) -> Result<i128, ArithError> {
    value.checked_neg().ok_or(ArithError::Overflow)
}

/// The value of `expr` where `lookup` knows the names; else what is wrong, and where.
pub fn eval(expr: &Expr, lookup: &dyn Fn(&str) -> Option<i128>) -> Result<i128, (ArithError, Span)> {
    let at = |error| (error, expr.span);
    match &expr.node {
        ExprKind::Int(int) => Ok(int.value),
        ExprKind::Name(name) => lookup(name).ok_or_else(|| at(ArithError::UnknownName(name.clone()))),
        ExprKind::Neg(inner) => negate(eval(inner, lookup)?).map_err(at),
        ExprKind::Binary(op, left, right) => apply(*op, eval(left, lookup)?, eval(right, lookup)?).map_err(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_checked() {
        assert_eq!(apply(BinaryOp::Add, i128::MAX, 1), Err(ArithError::Overflow));
        assert_eq!(apply(BinaryOp::Div, 1, 0), Err(ArithError::DivisionByZero));
        assert_eq!(apply(BinaryOp::Rem, 1, 0), Err(ArithError::DivisionByZero));
        assert_eq!(apply(BinaryOp::Div, i128::MIN, -1), Err(ArithError::Overflow));
        assert_eq!(negate(i128::MIN), Err(ArithError::Overflow));
        assert_eq!(apply(BinaryOp::Or, 1, 2), Ok(3));
        assert_eq!(apply(BinaryOp::Rem, -7, 4), Ok(-3), "truncates, like C");
    }
}
