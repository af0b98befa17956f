//! `eval`: computes fields, left to right.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Eval {
    /// The assignments in order.
    pub assignments: Vec<Assignment>,
}

/// `target = expr`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assignment {
    /// The field that is written; `{f}` parts are replaced by the value of field `f`.
    pub target: Field,
    /// What is written.
    pub expr: Expr,
}
