//! `eval`: computes fields, left to right.

use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::eval;
use crate::input::{In, Res};
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

pub(crate) fn parse<'a>(mut i: In<'a>, _: &str) -> Res<'a, Eval> {
    let mut assignments = Vec::new();
    loop {
        let (rest, target) = match field(i) {
            Err(nom::Err::Error(_)) => return i.ws().cut("a field name"),
            other => other?,
        };
        let equals = rest.ws();
        if !equals.s.starts_with('=') || equals.s.starts_with("==") {
            return equals.cut("`=`");
        }
        let (rest, expr) = match eval::expr(equals.skip(1)) {
            Err(nom::Err::Error(_)) => return equals.skip(1).ws().cut("an expression"),
            other => other?,
        };
        assignments.push(Assignment { target, expr });
        let after = rest.ws();
        match after.s.strip_prefix(',') {
            Some(more) if !more.trim().is_empty() => i = after.skip(1),
            Some(_) => return Ok((after.skip(1), Eval { assignments })),
            None => {
                after.cx.expect(after.off, "`,`");
                return Ok((rest, Eval { assignments }));
            }
        }
    }
}
