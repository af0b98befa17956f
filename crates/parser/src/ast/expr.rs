use super::{CompareOp, Pipeline, Span, Spanned};
use serde::Serialize;

/// An eval expression.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// Operators with two sides. Precedence from loosest: XOR, OR, AND, NOT, comparison (also LIKE
/// and IN), `.`, `+ -`, `* / %`, unary minus. (`1+2 . "ms"` is `3ms`.)
///
/// Source: Splunk Search Reference, eval, "Operators", and `where`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BinaryOp {
    /// `XOR`
    Xor,
    /// `OR`
    Or,
    /// `AND`
    And,
    /// `=`, `==`, `!=`, `<`, `<=`, `>`, `>=`
    Compare(CompareOp),
    /// `x LIKE "a%"`
    Like,
    /// `.`: joins as text
    Concat,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

/// Operators with one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnaryOp {
    /// `NOT`
    Not,
    /// `-`
    Neg,
    /// `+`
    Plus,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExprKind {
    /// A number with its source text.
    Number(String),
    /// `"text"` with escapes resolved.
    String(String),
    /// A field: bare (no `.`), or in single quotes.
    Field(String),
    /// `{name}`-free unary operation.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Its operand.
        expr: Box<Expr>,
    },
    /// A binary operation.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left side.
        lhs: Box<Expr>,
        /// Right side.
        rhs: Box<Expr>,
    },
    /// `x IN (a, b)`.
    In {
        /// What is looked for.
        expr: Box<Expr>,
        /// Among these.
        list: Vec<Expr>,
    },
    /// `name(args)`. The name is in lower case.
    Call {
        /// The function.
        name: Spanned<String>,
        /// Its arguments.
        args: Vec<Expr>,
    },
    /// `[search ...]` in `where`: its rows become an expression before the search starts.
    Subsearch(Box<Pipeline>),
}
