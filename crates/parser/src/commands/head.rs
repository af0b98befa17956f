//! `head`: the first rows.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::count;
use crate::grammar::eval;
use crate::grammar::options::option;
use crate::input::{Fail, In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Head {
    /// `head 5` or `limit=5`; 10 where neither a count nor a condition is given.
    pub limit: Option<Spanned<u64>>,
    /// `head (expression)` or `head count<5`: rows while it is true.
    pub condition: Option<Expr>,
    /// `keeplast=`: also the row that ended it.
    pub keeplast: Option<bool>,
    /// `null=`: whether a null condition goes on.
    pub null: Option<bool>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Head> {
    let mut head = Head { limit: None, condition: None, keeplast: None, null: None };
    let mut i = i;
    loop {
        let at = i.ws();
        let again = head.limit.is_some();
        if at.is_empty() {
            return Ok((at, head));
        }
        // a second number is a mistake with a message of its own
        if (!again || at.s.starts_with(|c: char| c.is_ascii_digit()))
            && let Ok((rest, n)) = count(at)
        {
            if again {
                return stop(two_limits(n.span));
            }
            head.limit = Some(n);
            i = rest;
            continue;
        }
        if head.condition.is_none()
            && let Some((rest, condition)) = condition(at)?
        {
            head.condition = Some(condition);
            i = rest;
            continue;
        }
        let (rest, o) = match option(at, name, &["limit", "keeplast", "null"]) {
            Err(nom::Err::Error(_)) if head.limit.is_none() && head.condition.is_none() => {
                return at.cut("a condition in parentheses");
            }
            Err(nom::Err::Error(_)) => return Ok((at, head)),
            other => other?,
        };
        match o.name.node.as_str() {
            "limit" if again => return stop(two_limits(o.span)),
            "limit" => head.limit = Some(o.as_count()?),
            "keeplast" => head.keeplast = Some(o.as_bool()?),
            _ => head.null = Some(o.as_bool()?),
        }
        i = rest;
    }
}

/// A condition in parentheses, or a comparison without: the page's third example is
/// `head count<5 keeplast=true`. `name=value` is an option.
fn condition(i: In<'_>) -> Result<Option<(In<'_>, Expr)>, nom::Err<Fail>> {
    if i.s.starts_with('(') {
        return eval::expr(i).map(Some);
    }
    let word = i.s.find(|c: char| c.is_whitespace() || "=<>!".contains(c)).unwrap_or(i.s.len());
    let after = i.s[word..].trim_start();
    let compares =
        after.starts_with(['<', '>']) || after.starts_with("!=") || after.starts_with("==");
    if word > 0 && compares { eval::expr(i).map(Some) } else { Ok(None) }
}

/// "Using both the numeric limit and `limit=` results in an error", says the page.
fn two_limits(span: Span) -> Diagnostic {
    Diagnostic::error("SPL2108", span, "`head` takes one limit").label("a second limit")
}
