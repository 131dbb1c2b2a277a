//! Compiled expressions: names are numbers, constants are worked out.

use crate::arith::{ArithError, apply, negate};
use crate::ast::BinaryOp;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use std::rc::Rc;
use vmcore::sorted::SortedMap;

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) code: Code,
    pub(super) span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub(super) enum Code {
    /// A number.
    Const(i128),
    /// The page size.
    Page,
    /// The value of the n-th loop around, counted from the outermost.
    Loop(u32),
    /// A variable of the process.
    Variable(u32, Span),
    /// Unary minus.
    Neg(Box<Code>, Span),
    /// Two operands.
    Binary(BinaryOp, Box<(Code, Code)>, Span),
}

/// The variables of one process, by number.
pub(super) type Variables = Rc<SortedMap<u32, i128>>;

/// What names stand for at one moment.
pub(super) struct Env<'e> {
    /// The page size in bytes.
    pub(super) page: u64,
    /// The values of the loops around, outermost first.
    pub(super) loops: &'e dyn Fn(u32) -> i128,
    /// The variables of the process, if there is one.
    pub(super) variables: Option<&'e Variables>,
    /// The names of variables, for messages.
    pub(super) names: &'e [Rc<str>],
}

impl Value {
    /// Its value, or a mistake with its place.
    #[inline]
    pub(super) fn eval(&self, env: &Env<'_>) -> Result<i128, Diagnostic> {
        match &self.code {
            Code::Const(value) => Ok(*value),
            code => code.eval(env).map_err(|error| error.into_diagnostic(env)),
        }
    }

    /// Its value if it needs no run.
    pub(super) fn constant(&self) -> Option<i128> {
        match self.code {
            Code::Const(value) => Some(value),
            _ => None,
        }
    }
}

struct EvalError {
    error: ArithError,
    span: Span,
    variable: Option<u32>,
}

impl EvalError {
    fn into_diagnostic(self, env: &Env<'_>) -> Diagnostic {
        match self.variable {
            None => Diagnostic::error(self.span, self.error.to_string()),
            Some(name) => {
                let name = &env.names[name as usize];
                let message = format!("`{name}` has no value yet when this step runs");
                Diagnostic::error(self.span, message)
                    .help(format!("bind it in an earlier step of the same process: `P: {name} = …`"))
            }
        }
    }
}

impl Code {
    fn eval(&self, env: &Env<'_>) -> Result<i128, EvalError> {
        match self {
            Code::Const(value) => Ok(*value),
            Code::Page => Ok(i128::from(env.page)),
            Code::Loop(depth) => Ok((env.loops)(*depth)),
            Code::Variable(name, span) => {
                let value = env.variables.and_then(|variables| variables.get(name));
                value.copied().ok_or_else(|| EvalError {
                    error: ArithError::UnknownName(String::new()),
                    span: *span,
                    variable: Some(*name),
                })
            }
            Code::Neg(inner, span) => at(negate(inner.eval(env)?), *span),
            Code::Binary(op, operands, span) => at(apply(*op, operands.0.eval(env)?, operands.1.eval(env)?), *span),
        }
    }
}

fn at(result: Result<i128, ArithError>, span: Span) -> Result<i128, EvalError> {
    result.map_err(|error| EvalError { error, span, variable: None })
}
