//! `tstats`: aggregates over indexed fields or over a data model.

use super::NamedOption;
use super::stats::{Aggregate, aggregate, prefix};
use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::{option, value};
use crate::grammar::search::terms;
use crate::input::{In, Res};
use crate::lex::raw::{RawKind, raw};
use crate::lex::words::keyword;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tstats {
    /// `name=value` options as typed: `prestats`, `local`, `append`, `summariesonly`,
    /// `include_reduced_buckets`, `allow_old_summaries`, `chunk_size`, `fillnull_value`.
    pub options: Vec<NamedOption>,
    /// The aggregates in order.
    pub aggregates: Vec<Aggregate>,
    /// FROM; without it, indexed fields.
    pub from: Option<TstatsSource>,
    /// WHERE.
    pub filter: Option<SearchExpr>,
    /// The BY fields in order.
    pub by: Vec<ByField>,
    /// `span=` of `_time` in the BY list.
    pub span: Option<Spanned<String>>,
}

/// What `tstats` reads.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TstatsSource {
    /// `datamodel=Endpoint.Processes`
    Datamodel(DatasetName),
    /// `sid=1357`: what `tscollect` saved under a job's id.
    Sid(Spanned<String>),
    /// The name of a namespace that `tscollect` saved.
    Namespace(Spanned<String>),
}

/// A data model and a dataset in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DatasetName {
    /// The data model.
    pub model: Spanned<String>,
    /// The dataset, with its ancestors and dots if they were given.
    pub dataset: Option<Spanned<String>>,
}

/// A field of the BY list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ByField {
    /// A field.
    Field(Field),
    /// `PREFIX(group=)`
    Prefix(Field),
}

const KNOWN: &[&str] = &[
    "prestats",
    "local",
    "append",
    "summariesonly",
    "include_reduced_buckets",
    "allow_old_summaries",
    "use_summary_index_values",
    "chunk_size",
    "fillnull_value",
];

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Tstats> {
    let mut t = Tstats {
        options: Vec::new(),
        aggregates: Vec::new(),
        from: None,
        filter: None,
        by: Vec::new(),
        span: None,
    };
    let mut i = aggregates(i, name, KNOWN, &mut t.options, &mut t.aggregates)?;
    if let Ok((rest, _)) = keyword("from", "FROM")(i) {
        let (rest, from) = source(rest)?;
        t.from = Some(from);
        i = some_options(rest, name, KNOWN, &mut t.options)?;
    }
    let (i, filter) = condition(i)?;
    t.filter = filter;
    let (i, by) = by_list(i, name, KNOWN, &mut t.options, "span", &mut t.span)?;
    t.by = by;
    Ok((i, t))
}

/// Options in a row.
fn some_options<'a>(
    mut i: In<'a>,
    name: &str,
    known: &'static [&'static str],
    options: &mut Vec<NamedOption>,
) -> Result<In<'a>, nom::Err<crate::input::Fail>> {
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') {
            at = at.skip(1).ws();
        }
        match option(at, name, known) {
            Ok((rest, o)) => {
                options.push(o);
                i = rest;
            }
            Err(nom::Err::Error(_)) => return Ok(i),
            Err(e) => return Err(e),
        }
    }
}

/// Options and aggregates in any order, up to FROM, WHERE, BY or the end.
pub(super) fn aggregates<'a>(
    mut i: In<'a>,
    name: &str,
    known: &'static [&'static str],
    options: &mut Vec<NamedOption>,
    list: &mut Vec<Aggregate>,
) -> Result<In<'a>, nom::Err<crate::input::Fail>> {
    loop {
        i = some_options(i, name, known, options)?;
        let mut at = i.ws();
        while at.s.starts_with(',') && !list.is_empty() {
            at = at.skip(1).ws();
        }
        let ends = ["from", "where", "by", "groupby"].iter().any(|w| keyword(w, w)(at).is_ok());
        if !list.is_empty() && (at.is_empty() || ends) {
            at.cx.expect(at.off, "FROM, WHERE or BY");
            return Ok(at);
        }
        if ends {
            let stop: Res<'a, ()> = at.cut("an aggregate such as `count` or `dc(host)`");
            stop?;
        }
        let (rest, one) = aggregate(at)?;
        list.push(one);
        i = rest;
    }
}

/// What comes after FROM.
fn source(i: In<'_>) -> Res<'_, TstatsSource> {
    let at = i.ws();
    if at.is_empty() {
        return at.cut("`datamodel=NAME`, `sid=ID` or a namespace after FROM");
    }
    let Ok((rest, word)) = field(at) else { return at.cut("`datamodel=NAME`") };
    let after = rest.ws();
    if !after.s.starts_with('=') {
        // `from datamodel Endpoint.Processes` is not documented, but works
        if word.node.eq_ignore_ascii_case("datamodel") && !after.is_empty() {
            let (rest, name) = value(rest)?;
            return Ok((rest, TstatsSource::Datamodel(dataset_name(name))));
        }
        return Ok((rest, TstatsSource::Namespace(word)));
    }
    let (rest, name) = value(after.skip(1))?;
    match word.node.to_ascii_lowercase().as_str() {
        "datamodel" => Ok((rest, TstatsSource::Datamodel(dataset_name(name)))),
        "sid" => Ok((rest, TstatsSource::Sid(name))),
        _ => at.cut("`datamodel=NAME`, `sid=ID` or a namespace"),
    }
}

/// `Endpoint.Processes`: the data model ends at the first dot.
pub(crate) fn dataset_name(name: Spanned<String>) -> DatasetName {
    let Spanned { node, span } = name;
    match node.split_once('.') {
        Some((model, dataset)) if !model.is_empty() && !dataset.is_empty() => DatasetName {
            model: Spanned::new(model.to_owned(), span),
            dataset: Some(Spanned::new(dataset.to_owned(), span)),
        },
        _ => DatasetName { model: Spanned::new(node, span), dataset: None },
    }
}

/// WHERE, up to BY.
pub(super) fn condition(i: In<'_>) -> Res<'_, Option<SearchExpr>> {
    let Ok((rest, _)) = keyword("where", "WHERE")(i) else { return Ok((i, None)) };
    let end = by_at(rest.s).unwrap_or(rest.s.len());
    let body = rest.first(end);
    if body.ws().is_empty() {
        return body.ws().cut("a condition after WHERE");
    }
    let (left, expr) = terms(body)?;
    if !left.ws().is_empty() {
        return left.ws().cut("the end of the condition");
    }
    Ok((rest.skip(end), Some(expr)))
}

/// Where the word BY or GROUPBY stands outside of parentheses and brackets.
fn by_at(s: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = "";
    for t in raw(s).filter(|t| !matches!(t.kind, RawKind::Space | RawKind::Comment)) {
        let text = t.text(s);
        match text {
            "(" | "[" if t.kind != RawKind::Str => depth += 1,
            ")" | "]" if t.kind != RawKind::Str => depth = depth.saturating_sub(1),
            _ if depth == 0
                && t.kind == RawKind::Word
                && (text.eq_ignore_ascii_case("by") || text.eq_ignore_ascii_case("groupby"))
                && !before.ends_with(['=', '<', '>'])
                && !s[t.end..].trim_start().starts_with(['=', '<', '>', '!']) =>
            {
                return Some(t.start);
            }
            _ => {}
        }
        before = text;
    }
    None
}

/// BY: fields, `PREFIX()` and the span of `_time`, and options in any order.
pub(super) fn by_list<'a>(
    i: In<'a>,
    name: &str,
    known: &'static [&'static str],
    options: &mut Vec<NamedOption>,
    span_name: &str,
    span: &mut Option<Spanned<String>>,
) -> Res<'a, Vec<ByField>> {
    let Ok((mut i, _)) =
        keyword("by", "BY")(i).or_else(|_: nom::Err<_>| keyword("groupby", "GROUPBY")(i))
    else {
        return Ok((i, Vec::new()));
    };
    let mut list = Vec::new();
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') && !list.is_empty() {
            at = at.skip(1).ws();
        }
        if at.is_empty() {
            break;
        }
        if let Ok((rest, p)) = prefix(at) {
            list.push(ByField::Prefix(p));
            i = rest;
            continue;
        }
        let (rest, word) = match field(at) {
            Err(nom::Err::Error(_)) => return at.cut("a field name"),
            other => other?,
        };
        let after = rest.ws();
        if !after.s.starts_with('=') {
            list.push(ByField::Field(word));
            i = rest;
        } else if word.node.eq_ignore_ascii_case(span_name) {
            let (rest, v) = value(after.skip(1))?;
            *span = Some(v);
            i = rest;
        } else {
            let (rest, o) = option(at, name, known)?;
            options.push(o);
            i = rest;
        }
    }
    if list.is_empty() {
        return i.ws().cut("a field name after BY");
    }
    Ok((i, list))
}
