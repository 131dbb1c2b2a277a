//! The scenario's bytes on the real system's pages, and expressions in C.
//!
//! A page of the scenario is a page of the real system: byte b of page n there is byte b of page n here. With pages of
//! the same size that changes nothing, and expressions stay as they are written.

use super::Refused;
use super::names::Names;
use super::variables::Variables;
use crate::arith::{ArithError, eval};
use crate::ast::{BinaryOp, Expr, ExprKind, IntStyle};
use crate::diagnostic::Diagnostic;
use crate::vocabulary::constant;

/// Bytes in a page of the real system.
pub(super) const REAL_PAGE: i128 = 4096;
/// No offset in the exported program is larger: it keeps every access within the memory set aside for the scenario.
const FARTHEST: i128 = 1 << 40;

/// How the scenario's bytes lie on real pages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    unit: i128,
}

impl Default for Scale {
    fn default() -> Self {
        Self { unit: REAL_PAGE }
    }
}

impl Scale {
    /// For pages of so many bytes.
    pub(super) fn new(page_bytes: u64) -> Result<Self, String> {
        let unit = i128::from(page_bytes);
        if unit > REAL_PAGE {
            return Err(format!(
                "pages of {unit} bytes do not fit the pages of {REAL_PAGE} bytes that C programs are exported for"
            ));
        }
        Ok(Self { unit })
    }

    /// Are the scenario's pages smaller than the real ones?
    pub(super) fn is_scaled(&self) -> bool {
        self.unit != REAL_PAGE
    }

    /// The scenario's page size.
    pub(super) fn unit(&self) -> i128 {
        self.unit
    }
}

/// What names mean at one place of the scenario.
pub(super) struct Scope<'a> {
    pub(super) names: &'a Names,
    pub(super) variables: &'a Variables,
    pub(super) scale: &'a Scale,
    /// The loop variables in scope.
    pub(super) loops: &'a [Looped],
}

/// A loop variable, and the least and the largest value that it has.
#[derive(Clone, Debug)]
pub(super) struct Looped {
    pub(super) name: String,
    pub(super) range: (i128, i128),
}

type Text = Result<String, Refused>;

impl Scope<'_> {
    fn lookup(&self, name: &str) -> Option<i128> {
        match name {
            "NULL" => Some(0),
            "PAGE" => Some(self.scale.unit),
            _ => constant(name).map(|constant| constant.value),
        }
    }

    /// Its value if it is the same each time.
    pub(super) fn constant(&self, expr: &Expr) -> Result<Option<i128>, Refused> {
        match eval(expr, &|name| self.lookup(name)) {
            Ok(value) => Ok(Some(value)),
            Err((ArithError::UnknownName(_), _)) => Ok(None),
            Err((error, span)) => Err(Diagnostic::error(span, error.to_string())),
        }
    }

    /// The least and the largest value that it can have; `None` if that shows only when it runs.
    pub(super) fn range(&self, expr: &Expr) -> Option<(i128, i128)> {
        match &expr.node {
            ExprKind::Int(int) => Some((int.value, int.value)),
            ExprKind::Name(name) => {
                let looped = self.loops.iter().rev().find(|looped| looped.name == *name);
                looped.map(|looped| looped.range).or_else(|| self.lookup(name).map(|value| (value, value)))
            }
            ExprKind::Neg(inner) => {
                let (least, most) = self.range(inner)?;
                Some((most.checked_neg()?, least.checked_neg()?))
            }
            ExprKind::Binary(op, left, right) => combined(*op, self.range(left)?, self.range(right)?),
        }
    }

    /// The largest magnitude that it can have; `None` if that shows only when it runs.
    pub(super) fn bound(&self, expr: &Expr) -> Option<i128> {
        let (least, most) = self.range(expr)?;
        Some(least.checked_abs()?.max(most.checked_abs()?))
    }

    fn is_address(&self, name: &str) -> bool {
        !self.loops.iter().any(|looped| looped.name == name) && self.variables.is_address(name)
    }

    /// Does it speak of an address?
    fn address_in<'e>(&self, expr: &'e Expr) -> Option<&'e Expr> {
        match &expr.node {
            ExprKind::Int(_) => None,
            ExprKind::Name(name) => self.is_address(name).then_some(expr),
            ExprKind::Neg(inner) => self.address_in(inner),
            ExprKind::Binary(_, left, right) => self.address_in(left).or_else(|| self.address_in(right)),
        }
    }

    /// A number, as it is in the scenario.
    pub(super) fn number(&self, expr: &Expr) -> Text {
        if let Some(name) = self.address_in(expr) {
            let what = crate::fmt::expr_text(name);
            let message = format!("`{what}` is an address, which is another one on a real system");
            return Err(Diagnostic::error(name.span, message).expected("an offset from it, or a number"));
        }
        if let Some(value) = self.constant(expr)?
            && i64::try_from(value).is_err()
        {
            return Err(Diagnostic::error(expr.span, format!("{value} does not fit C's long")));
        }
        Ok(self.plain(expr, 0))
    }

    /// C for an expression without addresses, in parentheses if it binds less tightly than `least`.
    fn plain(&self, expr: &Expr, least: u8) -> String {
        match &expr.node {
            ExprKind::Int(int) => match (int.style, u8::try_from(int.value)) {
                (IntStyle::Char, Ok(byte @ (b' '..=b'&' | b'('..=b'[' | b']'..=b'~'))) => {
                    format!("'{}'", char::from(byte))
                }
                (IntStyle::Hex(digits), _) => format!("0x{:0width$x}", int.value, width = usize::from(digits)),
                _ if i32::try_from(int.value).is_err() => format!("{}L", int.value),
                _ => int.value.to_string(),
            },
            ExprKind::Name(name) if name == "NULL" => "0".to_owned(),
            ExprKind::Name(name) if name == "PAGE" => if self.scale.is_scaled() { "UNIT" } else { "PAGE" }.to_owned(),
            ExprKind::Name(name) => self.names.variable(name).unwrap_or(name).to_owned(),
            ExprKind::Neg(inner) => format!("-{}", self.plain(inner, u8::MAX)),
            ExprKind::Binary(op, left, right) => {
                let own = op.precedence();
                let text = format!("{} {} {}", self.plain(left, own), op.sign(), self.plain(right, own + 1));
                if own < least { format!("({text})") } else { text }
            }
        }
    }

    /// A number of bytes or an offset of the scenario, in real bytes.
    pub(super) fn scaled(&self, expr: &Expr) -> Text {
        let plain = self.number(expr)?;
        if !self.scale.is_scaled() {
            return Ok(plain);
        }
        Ok(match self.constant(expr)? {
            Some(value) => self.pages(value),
            // Within the first page nothing changes.
            None if self.range(expr).is_some_and(|(least, most)| least >= 0 && most < self.scale.unit) => plain,
            None => self.scaled_sum(expr).unwrap_or_else(|| format!("scaled({plain})")),
        })
    }

    /// Pages and bytes: `3 * PAGE + 5`.
    fn pages(&self, value: i128) -> String {
        let (pages, bytes) = (value.div_euclid(self.scale.unit), value.rem_euclid(self.scale.unit));
        match (pages, bytes) {
            (0, bytes) => bytes.to_string(),
            (1, 0) => "PAGE".to_owned(),
            (1, bytes) => format!("PAGE + {bytes}"),
            (pages, 0) => format!("{pages} * PAGE"),
            (pages, bytes) => format!("{pages} * PAGE + {bytes}"),
        }
    }

    /// Scaled part by part, where the parts are whole pages.
    fn scaled_sum(&self, expr: &Expr) -> Option<String> {
        match &expr.node {
            ExprKind::Binary(BinaryOp::Mul, left, right) => {
                let times = |page: &Expr, other: &Expr| {
                    let page = self.constant(page).ok().flatten()?;
                    (page % self.scale.unit == 0 && page > 0).then(|| {
                        let pages = page / self.scale.unit;
                        let other = self.plain(other, BinaryOp::Mul.precedence() + 1);
                        if pages == 1 { format!("{other} * PAGE") } else { format!("{other} * {pages} * PAGE") }
                    })
                };
                times(right, left).or_else(|| times(left, right))
            }
            ExprKind::Binary(op @ (BinaryOp::Add | BinaryOp::Sub), left, right) => {
                let (whole_left, whole_right) = (self.whole_pages(left), self.whole_pages(right));
                if !(whole_right || whole_left && *op == BinaryOp::Add) {
                    return None;
                }
                let right_text = self.scaled(right).ok()?;
                let right_text = match *op == BinaryOp::Sub && right_text.contains(" + ") {
                    true => format!("({right_text})"),
                    false => right_text,
                };
                Some(format!("{} {} {right_text}", self.scaled(left).ok()?, op.sign()))
            }
            _ => None,
        }
    }

    /// Is it a multiple of the page size, whatever its names stand for?
    fn whole_pages(&self, expr: &Expr) -> bool {
        if let Ok(Some(value)) = self.constant(expr) {
            return value % self.scale.unit == 0;
        }
        match &expr.node {
            ExprKind::Neg(inner) => self.whole_pages(inner),
            ExprKind::Binary(BinaryOp::Mul, left, right) => self.whole_pages(left) || self.whole_pages(right),
            ExprKind::Binary(BinaryOp::Add | BinaryOp::Sub, left, right) => {
                self.whole_pages(left) && self.whole_pages(right)
            }
            _ => false,
        }
    }

    /// An offset from an address: scaled, and not so far that it could leave the scenario's memory.
    pub(super) fn offset(&self, expr: &Expr) -> Text {
        let scaled = self.scaled(expr)?;
        match self.bound(expr) {
            Some(most) if most <= FARTHEST / REAL_PAGE => Ok(scaled),
            Some(_) => Err(Diagnostic::error(expr.span, "this is too far for the exported program")
                .expected(format!("offsets and lengths up to {}", FARTHEST / REAL_PAGE))),
            None => Ok(format!("within({scaled})")),
        }
    }

    /// An expression that gives an address: a variable and an offset, or an absolute address.
    pub(super) fn address(&self, expr: &Expr) -> Text {
        Ok(match self.split(expr)? {
            (None, None) => "at(0)".to_owned(),
            (None, Some(offset)) => format!("at({})", self.number(&offset)?),
            (Some(base), None) => self.variable(&base),
            (Some(base), Some(offset)) => format!("{} + {}", self.variable(&base), self.offset(&offset)?),
        })
    }

    /// What stands at base (a variable) plus index: `p[5]`, or `*at(0x40)`.
    pub(super) fn element(&self, base: Option<&str>, index: &Expr) -> Text {
        match base {
            Some(base) if self.is_address(base) => Ok(format!("{}[{}]", self.variable(base), self.offset(index)?)),
            Some(base) => Ok(format!("*at({} + {})", self.variable(base), self.plain_checked(index)?)),
            None => Ok(match self.split(index)? {
                (Some(base), offset) => {
                    let offset = offset.map_or_else(|| Ok("0".to_owned()), |offset| self.offset(&offset))?;
                    format!("{}[{offset}]", self.variable(&base))
                }
                (None, _) => format!("*at({})", self.number(index)?),
            }),
        }
    }

    /// The address of that element.
    pub(super) fn place(&self, base: Option<&str>, index: &Expr) -> Text {
        match base {
            Some(base) if self.is_address(base) => match self.constant(index)? {
                Some(0) => Ok(self.variable(base)),
                _ => Ok(format!("{} + {}", self.variable(base), self.offset(index)?)),
            },
            Some(base) => Ok(format!("at({} + {})", self.variable(base), self.plain_checked(index)?)),
            None => self.address(index),
        }
    }

    fn plain_checked(&self, index: &Expr) -> Text {
        self.number(index)?;
        Ok(self.plain(index, BinaryOp::Add.precedence()))
    }

    fn variable(&self, name: &str) -> String {
        self.names.variable(name).unwrap_or(name).to_owned()
    }

    /// The variable that holds an address, and the rest.
    fn split(&self, expr: &Expr) -> Result<(Option<String>, Option<Expr>), Refused> {
        match &expr.node {
            ExprKind::Name(name) if self.is_address(name) => Ok((Some(name.clone()), None)),
            ExprKind::Binary(op @ (BinaryOp::Add | BinaryOp::Sub), left, right) if self.address_in(expr).is_some() => {
                let in_right = self.address_in(right);
                if let (Some(name), true) = (in_right, *op == BinaryOp::Sub || self.address_in(left).is_some()) {
                    let message = "addresses cannot be subtracted or added to each other on a real system";
                    return Err(Diagnostic::error(name.span, message));
                }
                let (with, other) = if in_right.is_some() { (right, left) } else { (left, right) };
                let (base, rest) = self.split(with)?;
                let rest = match (rest, op) {
                    (None, BinaryOp::Sub) => negated(other),
                    (None, _) => (**other).clone(),
                    (Some(rest), op) => joined(*op, rest, (**other).clone()),
                };
                Ok((base, Some(rest)))
            }
            _ if self.address_in(expr).is_some() => {
                let message = "an address can only have an offset added on a real system";
                Err(Diagnostic::error(expr.span, message))
            }
            _ => Ok((None, Some(expr.clone()))),
        }
    }
}

/// The range of a result from those of its operands.
fn combined(op: BinaryOp, left: (i128, i128), right: (i128, i128)) -> Option<(i128, i128)> {
    let largest = |range: (i128, i128)| Some(range.0.checked_abs()?.max(range.1.checked_abs()?));
    Some(match op {
        BinaryOp::Add => (left.0.checked_add(right.0)?, left.1.checked_add(right.1)?),
        BinaryOp::Sub => (left.0.checked_sub(right.1)?, left.1.checked_sub(right.0)?),
        BinaryOp::Mul => {
            let corners = [(left.0, right.0), (left.0, right.1), (left.1, right.0), (left.1, right.1)];
            let products: Option<Vec<i128>> = corners.iter().map(|(a, b)| a.checked_mul(*b)).collect();
            let products = products?;
            (*products.iter().min()?, *products.iter().max()?)
        }
        // A remainder has the sign of what is divided, and a quotient is no larger.
        BinaryOp::Rem => {
            let most = largest(right)?.saturating_sub(1).min(largest(left)?);
            (if left.0 < 0 { -most } else { 0 }, if left.1 > 0 { most } else { 0 })
        }
        BinaryOp::Div => (-largest(left)?, largest(left)?),
        BinaryOp::Or if left.0 >= 0 && right.0 >= 0 => (0, left.1.checked_add(right.1)?),
        BinaryOp::Or => {
            let most = largest(left)?.checked_add(largest(right)?)?;
            (-most, most)
        }
    })
}

fn negated(expr: &Expr) -> Expr {
    Expr { node: ExprKind::Neg(Box::new(expr.clone())), span: expr.span }
}

fn joined(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span;
    Expr { node: ExprKind::Binary(op, Box::new(left), Box::new(right)), span }
}
