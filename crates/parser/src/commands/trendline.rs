//! `trendline`: moving averages.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::{alias, column, field};
use crate::grammar::options::missing;
use crate::input::{In, Res, stop};
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trendline {
    /// The averages; at least one.
    pub trends: Vec<Trend>,
}

/// `sma5(bytes) AS smooth`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trend {
    /// Which average.
    pub kind: TrendKind,
    /// Over how many rows, 2 to 10,000.
    pub period: usize,
    /// The field.
    pub field: Field,
    /// Where it goes: the name after AS, else `sma5(bytes)`.
    pub target: Field,
}

/// The averages of `trendline`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum TrendKind {
    Sma,
    Ema,
    Wma,
}

pub(crate) fn parse<'a>(mut i: In<'a>, name: &str) -> Res<'a, Trendline> {
    let mut trends = Vec::new();
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') && !trends.is_empty() {
            at = at.skip(1).ws();
        }
        if at.is_empty() {
            i = at;
            break;
        }
        let (rest, trend) = trend(at)?;
        trends.push(trend);
        i = rest;
    }
    if trends.is_empty() {
        return missing(
            i,
            &format!("`{name}` needs an average"),
            "write `trendline sma5(count) AS smooth`",
        );
    }
    Ok((i, Trendline { trends }))
}

fn trend(i: In<'_>) -> Res<'_, Trend> {
    const EXPECTED: &str = "an average such as `sma5(count)`";
    let Ok((rest, word)) = field(i) else { return i.cut(EXPECTED) };
    let lower = word.node.to_ascii_lowercase();
    let kinds = [("sma", TrendKind::Sma), ("ema", TrendKind::Ema), ("wma", TrendKind::Wma)];
    let found = kinds.iter().find_map(|(n, k)| lower.strip_prefix(n).map(|rest| (*k, rest)));
    let Some((kind, digits)) = found else { return i.cut(EXPECTED) };
    // Source: the page, "period": 2 to 10000
    let period = match digits.parse() {
        Ok(n @ 2..=10_000) => n,
        _ => {
            return stop(
                Diagnostic::error("SPL2250", word.span, "the period is a number from 2 to 10000")
                    .label("written as in sma5(count)"),
            );
        }
    };
    let open = rest.ws();
    if !open.s.starts_with('(') {
        return open.cut("`(`");
    }
    let Ok((rest, field)) = column(open.skip(1)) else {
        return open.skip(1).ws().cut("a field name");
    };
    let rest = crate::grammar::eval::close_paren(open, rest)?;
    let text = format!("{lower}({})", field.node);
    let span = i.span_to(rest);
    let (rest, alias) = opt(alias).parse(rest)?;
    let target = alias.unwrap_or_else(|| Spanned::new(text, span));
    Ok((rest, Trend { kind, period, field, target }))
}
