//! `mstats`: aggregates over the metrics of a metrics index.

use super::NamedOption;
use super::stats::Aggregate;
use super::tstats::{ByField, aggregates, by_list, condition};
use crate::ast::*;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mstats {
    /// `name=value` options as typed: `chart`, `agg`, `limit`, `prestats`, `append`, `backfill`,
    /// `update_period`, `fillnull_value`, `chunk_size`, `every`...
    pub options: Vec<NamedOption>,
    /// The aggregates in order; the argument is a metric, maybe with wildcards, or `_value`.
    pub aggregates: Vec<Aggregate>,
    /// WHERE.
    pub filter: Option<SearchExpr>,
    /// The BY fields in order.
    pub by: Vec<ByField>,
    /// `span=`: the length of a time bucket.
    pub span: Option<Spanned<String>>,
}

const KNOWN: &[&str] = &[
    "chart",
    "agg",
    "limit",
    "usenull",
    "useother",
    "nullstr",
    "otherstr",
    "prestats",
    "append",
    "backfill",
    "update_period",
    "fillnull_value",
    "chunk_size",
    "every",
    "span",
    "chart.agg",
    "chart.limit",
    "chart.usenull",
    "chart.useother",
    "chart.nullstr",
    "chart.otherstr",
];

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Mstats> {
    let (mut options, mut list, mut span) = (Vec::new(), Vec::new(), None);
    let i = aggregates(i, name, KNOWN, &mut options, &mut list)?;
    let (i, filter) = condition(i)?;
    let (mut i, by) = by_list(i, name, KNOWN, &mut options, "span", &mut span)?;
    if by.is_empty() {
        // `WHERE index=m span=1h` without BY reads the span as a term of the condition
        let (rest, more) = crate::grammar::options::options(i, name, KNOWN)?;
        options.extend(more);
        i = rest;
    }
    let mut filter = filter;
    for o in ["span", "every"] {
        let Some(value) = filter.as_mut().and_then(|f| take_option(f, o)) else { continue };
        match o {
            "span" => span = Some(value),
            _ => options.push(NamedOption {
                name: Spanned::new(o.to_owned(), value.span),
                span: value.span,
                value,
            }),
        }
    }
    if let Some(at) = options.iter().position(|o| o.name.node == "span") {
        span = Some(options.remove(at).value);
    }
    Ok((i, Mstats { options, aggregates: list, filter, by, span }))
}

/// Takes `name=value` out of the outermost terms.
fn take_option(expr: &mut SearchExpr, name: &str) -> Option<Spanned<String>> {
    let is_it = |e: &SearchExpr| match e {
        SearchExpr::Compare { field, op: CompareOp::Eq, value, .. } if field.node == name => {
            Some(Spanned::new(value.text.clone(), value.span))
        }
        _ => None,
    };
    if let SearchExpr::And(terms) = expr {
        let at = terms.iter().position(|e| is_it(e).is_some())?;
        return is_it(&terms.remove(at));
    }
    let found = is_it(expr)?;
    *expr = SearchExpr::And(Vec::new());
    Some(found)
}
