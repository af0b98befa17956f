//! `streamstats`: running aggregates over the rows before each row.

use super::NamedOption;
use super::stats::{Stats, terms};
use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::eval;
use crate::grammar::options::option;
use crate::input::{Fail, In, Res, stop};
use crate::lex::words::string;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Streamstats {
    /// The aggregates, the BY fields, and the option `allnum=`.
    pub stats: Stats,
    /// `current=`: whether the row itself counts.
    pub current: Option<bool>,
    /// `window=`: how many rows count; 0 = all.
    pub window: Option<Spanned<u64>>,
    /// `global=`: whether the window is one for all BY values.
    pub global: Option<bool>,
    /// `time_window=`: how much time counts, such as `5m`.
    pub time_window: Option<Spanned<String>>,
    /// `reset_on_change=`: begin anew where the BY values change.
    pub reset_on_change: Option<bool>,
    /// `reset_before=`: begin anew with the row for which it is true.
    pub reset_before: Option<Spanned<Expr>>,
    /// `reset_after=`: begin anew after the row for which it is true.
    pub reset_after: Option<Spanned<Expr>>,
}

const KNOWN: &[&str] = &[
    "allnum",
    "current",
    "global",
    "reset_after",
    "reset_before",
    "reset_on_change",
    "time_window",
    "window",
];

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Streamstats> {
    let mut options: Vec<NamedOption> = Vec::new();
    let (mut reset_before, mut reset_after) = (None, None);
    let (i, aggregates, by) = terms(i, &mut |i| {
        if let Some((rest, option, condition)) = condition(i)? {
            match option {
                "reset_before" => reset_before = Some(condition),
                _ => reset_after = Some(condition),
            }
            return Ok((rest, ()));
        }
        let (rest, o) = option(i, name, KNOWN)?;
        options.push(o);
        Ok((rest, ()))
    })?;
    let mut allnum = Vec::new();
    let stats = Stats { options: Vec::new(), aggregates, by, dedup_splitvals: None };
    let mut s = Streamstats {
        stats,
        current: None,
        window: None,
        global: None,
        time_window: None,
        reset_on_change: None,
        reset_before,
        reset_after,
    };
    for o in options {
        match o.name.node.as_str() {
            "current" => s.current = Some(o.as_bool()?),
            "window" => s.window = Some(o.as_count()?),
            "global" => s.global = Some(o.as_bool()?),
            "time_window" => s.time_window = Some(o.value),
            "reset_on_change" => s.reset_on_change = Some(o.as_bool()?),
            _ => {
                o.as_bool()?;
                allnum.push(o);
            }
        }
    }
    s.stats.options = allnum;
    Ok((i, s))
}

/// `reset_after=(expression)` or `reset_after="(expression)"`; none where something else stands.
#[allow(clippy::type_complexity)] // said once
fn condition<'a>(
    i: In<'a>,
) -> Result<Option<(In<'a>, &'static str, Spanned<Expr>)>, nom::Err<Fail>> {
    let i = i.ws();
    let Ok((rest, name)) = field(i) else { return Ok(None) };
    let option = match name.node.to_ascii_lowercase().as_str() {
        "reset_before" => "reset_before",
        "reset_after" => "reset_after",
        _ => return Ok(None),
    };
    let eq = rest.ws();
    if !eq.s.starts_with('=') {
        return Ok(None);
    }
    let at = eq.skip(1).ws();
    let wanted: Res<'a, Spanned<Expr>> = match at.peek() {
        Some('(') => operand(at),
        Some('"') => quoted(at),
        _ => at.cut("a condition such as (status=500)"),
    };
    let (rest, expr) = wanted?;
    Ok(Some((rest, option, expr)))
}

/// `(expression)`
fn operand(open: In<'_>) -> Res<'_, Spanned<Expr>> {
    let (rest, expr) = match eval::expr(open.skip(1)) {
        Err(nom::Err::Error(_)) => return open.skip(1).ws().cut("an expression"),
        other => other?,
    };
    let rest = eval::close_paren(open, rest)?;
    Ok((rest, Spanned::new(expr, open.span_to(rest))))
}

/// `"expression"`, read as a text of its own: quotes inside are escaped.
fn quoted(at: In<'_>) -> Res<'_, Spanned<Expr>> {
    let (rest, text) = string(at)?;
    match crate::parse_expr(&text.node) {
        Ok(expr) => Ok((rest, Spanned::new(expr, text.span))),
        Err(ds) => match ds.into_iter().next() {
            // its places are those of the text in the quotes
            Some(mut d) => {
                d.span = text.span;
                stop(d)
            }
            None => at.cut("an expression"),
        },
    }
}
