//! `join`: the fields of a subsearch's rows beside those of the rows they match.

use super::NamedOption;
use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::{missing, mixed};
use crate::grammar::pipeline::subsearch;
use crate::input::{In, Res, stop};
use crate::lex::words::keyword;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Join {
    /// `type=left` or `type=outer`: rows without a match stay.
    pub keep_unmatched: bool,
    /// `usetime=`: whether only rows of the subsearch before or after a row match it.
    pub usetime: bool,
    /// `earlier=`: with `usetime`, whether those are the ones before it.
    pub earlier: bool,
    /// `overwrite=`: whether the subsearch's values replace those that are there.
    pub overwrite: bool,
    /// `max=`: the most rows of the subsearch that a row is joined with; 0 for all.
    pub max: u64,
    /// The fields that must be the same; none: all that both sides have.
    pub fields: Vec<Field>,
    /// `left=L right=R where L.a=R.b`.
    pub aliases: Option<Aliases>,
    /// The subsearch.
    pub search: Pipeline,
}

/// The names of the two sides and the fields of each that must be the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Aliases {
    /// The name of the rows that are there.
    pub left: Spanned<String>,
    /// The name of the rows of the subsearch.
    pub right: Spanned<String>,
    /// A field of the left and one of the right side, without the sides' names.
    pub on: Vec<(Field, Field)>,
}

const KNOWN: &[&str] = &["type", "usetime", "earlier", "overwrite", "max", "left", "right"];

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Join> {
    let (i, (options, fields)) = mixed(i, name, KNOWN, &["where"])?;
    let (mut left, mut right) = (None, None);
    let mut join = Join {
        keep_unmatched: false,
        usetime: false,
        earlier: true,
        overwrite: true,
        max: 1,
        fields,
        aliases: None,
        search: Pipeline { stages: Vec::new(), span: Span::default() },
    };
    for o in options {
        match o.name.node.as_str() {
            "type" => join.keep_unmatched = kind(&o)?,
            "usetime" => join.usetime = o.as_bool()?,
            "earlier" => join.earlier = o.as_bool()?,
            "overwrite" => join.overwrite = o.as_bool()?,
            "max" => join.max = o.as_count()?.node,
            "left" => left = Some(o.value),
            _ => right = Some(o.value),
        }
    }
    let (i, on) = match keyword("where", "where")(i) {
        Ok((rest, at)) => {
            let (Some(left), Some(right)) = (left, right) else {
                return stop(apart(at));
            };
            let (rest, on) = conditions(rest, &left, &right)?;
            (rest, Some(Aliases { left, right, on }))
        }
        // without `where`, the page says, the aliases are ignored
        Err(_) => (i, None),
    };
    if let (Some(_), Some(first)) = (&on, join.fields.first()) {
        return stop(
            Diagnostic::error("SPL2260", first.span, "`join` takes fields or `where`, not both")
                .label("a second way to say what must be the same"),
        );
    }
    join.aliases = on;
    let at = i.ws();
    if !at.s.starts_with('[') {
        return match field(at) {
            Ok((rest, dataset)) if dataset.node.contains(':') => {
                stop(no_dataset(at.span_to(rest), name, &dataset.node))
            }
            _ => missing(i, "`join` needs a subsearch", "write `join user [search ...]`"),
        };
    }
    if let Some(dataset) = join.fields.iter().find(|f| is_dataset(&f.node)) {
        return stop(no_dataset(dataset.span, name, &dataset.node));
    }
    let (i, search) = subsearch(i)?;
    join.search = search;
    Ok((i, join))
}

fn kind(o: &NamedOption) -> Result<bool, nom::Err<crate::input::Fail>> {
    match o.value.node.to_ascii_lowercase().as_str() {
        "inner" => Ok(false),
        "left" | "outer" => Ok(true),
        _ => Err(o.wrong("inner, left or outer")),
    }
}

fn apart(at: Span) -> Diagnostic {
    Diagnostic::error("SPL2260", at, "`where` of `join` needs the names of both sides")
        .label("whose fields?")
        .help("write `join left=L right=R where L.user=R.name [search ...]`")
}

/// Whether an argument is `datamodel:NAME` and the like.
pub(crate) fn is_dataset(text: &str) -> bool {
    ["datamodel:", "savedsearch:", "inputlookup:", "lookup:"].iter().any(|p| text.starts_with(p))
}

/// "datasets are not supported".
pub(crate) fn no_dataset(at: Span, command: &str, dataset: &str) -> Diagnostic {
    let d = Diagnostic::unsupported("SPL2261", at, format!("the dataset {dataset} of {command}"));
    match dataset.split_once(':') {
        Some(("inputlookup", lookup)) => d.help(format!("write `[| inputlookup {lookup}]`")),
        _ => d.help("write a subsearch in brackets in its place"),
    }
}

/// `L.a=R.b`, one after the other, separated by white space, commas or AND.
fn conditions<'a>(
    mut i: In<'a>,
    left: &Spanned<String>,
    right: &Spanned<String>,
) -> Res<'a, Vec<(Field, Field)>> {
    let mut on = Vec::new();
    loop {
        let mut at = i.ws();
        if !on.is_empty() {
            if at.s.starts_with(',') {
                at = at.skip(1).ws();
            } else if let Ok((rest, _)) = keyword("and", "AND")(at) {
                at = rest.ws();
            }
        }
        let Ok((rest, a)) = field(at) else { break };
        let equals = rest.ws();
        if !equals.s.starts_with('=') {
            if !on.is_empty() {
                break;
            }
            return equals.cut("`=`");
        }
        let (rest, b) = match field(equals.skip(1)) {
            Err(nom::Err::Error(_)) => return equals.skip(1).ws().cut("a field name"),
            other => other?,
        };
        on.push(match (own(&a, left), own(&b, right), own(&b, left), own(&a, right)) {
            (Some(l), Some(r), _, _) | (_, _, Some(l), Some(r)) => (l, r),
            _ => {
                let message = format!(
                    "a condition of `join` compares a field of {} with one of {}",
                    left.node, right.node
                );
                let help =
                    format!("write `where {}.{}={}.{}`", left.node, a.node, right.node, b.node);
                return stop(Diagnostic::error("SPL2260", a.span.to(b.span), message).help(help));
            }
        });
        i = rest;
    }
    if on.is_empty() {
        return i.ws().cut("a condition such as L.user=R.user");
    }
    Ok((i, on))
}

/// The field without its side's name, where that is `side`.
fn own(name: &Field, side: &Spanned<String>) -> Option<Field> {
    let rest = name.node.strip_prefix(side.node.as_str())?.strip_prefix('.')?;
    (!rest.is_empty()).then(|| Spanned::new(rest.to_owned(), name.span))
}
