//! `stats`: aggregates over groups. The shape is shared by `eventstats`, `streamstats`, `chart`, `tstats`.

use super::NamedOption;
use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::{alias, columns1, field};
use crate::grammar::eval;
use crate::grammar::options::{option, options, value};
use crate::input::{Fail, In, Res, stop};
use crate::lex::words::{comma, keyword};
use crate::names;
use crate::suggest::did_you_mean;
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// `name=value` options as typed (`allnum`, `delim`, `partitions`).
    pub options: Vec<NamedOption>,
    /// The aggregates in order.
    pub aggregates: Vec<Aggregate>,
    /// The BY fields in order.
    pub by: Vec<Field>,
    /// `dedup_splitvals=`, given after the BY list.
    pub dedup_splitvals: Option<Spanned<bool>>,
}

/// One aggregate such as `dc(user) AS users`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Aggregate {
    /// The function in lower case without its number: `perc95` is `perc`; `p95` is `p`.
    pub function: Spanned<String>,
    /// The percentile of `perc95(x)`, `exactperc95(x)`, `upperperc99.5(x)`.
    pub percentile: Option<String>,
    /// What it is taken of.
    pub argument: AggregateArgument,
    /// The name after AS, without quotes; may hold a wildcard.
    pub alias: Option<Field>,
    /// The default name of the output column: `count`, `sum(bytes)`, `count(eval(x="y"))`,
    /// exactly as typed, function name as typed too.
    pub text: String,
    /// The whole aggregate.
    pub span: Span,
}

/// The argument of an aggregate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregateArgument {
    /// `count` or `count()`.
    None,
    /// A field, maybe with wildcards. `sum` alone means `sum(*)`.
    Field(Field),
    /// `eval(expression)`.
    Eval(Expr),
    /// `PREFIX(kbps=)`: what follows that text in the indexed terms of an event (`tstats`).
    Prefix(Field),
    /// `sparkline(avg(x), 1h)`: a small time line of an aggregate.
    Sparkline {
        /// The aggregate, `count` where none is given.
        of: Option<Box<Aggregate>>,
        /// The length of a step, such as `1h`.
        step: Option<Spanned<String>>,
    },
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Stats> {
    let (i, options) = options(i, name, &["allnum", "delim", "partitions"])?;
    let (i, aggregates, by) = terms(i, &mut |i| i.fail("an option"))?;
    let mut stats = Stats { options, aggregates, by, dedup_splitvals: None };
    if stats.by.is_empty() {
        return Ok((i, stats));
    }
    let (i, dedup) = opt(|i| option(i, name, &["dedup_splitvals"])).parse(i)?;
    if let Some(o) = dedup {
        stats.dedup_splitvals = Some(Spanned::new(o.as_bool()?, o.value.span));
    }
    Ok((i, stats))
}

/// The aggregates and the BY fields. `option` reads an option that stands among or after them.
pub(crate) fn terms<'a>(
    mut i: In<'a>,
    option: &mut dyn FnMut(In<'a>) -> Res<'a, ()>,
) -> Result<(In<'a>, Vec<Aggregate>, Vec<Field>), nom::Err<Fail>> {
    let mut options = |mut i: In<'a>| -> Result<In<'a>, nom::Err<Fail>> {
        loop {
            match option(i) {
                Ok((rest, ())) => i = rest,
                Err(nom::Err::Error(_)) => return Ok(i),
                Err(e) => return Err(e),
            }
        }
    };
    let mut aggregates = Vec::new();
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') && !aggregates.is_empty() {
            at = at.skip(1).ws();
        }
        at = options(at)?.ws();
        if !aggregates.is_empty() && (at.is_empty() || keyword("by", "BY")(at).is_ok()) {
            at.cx.expect(at.off, "BY");
            i = at;
            break;
        }
        let (rest, aggregate) = aggregate(at)?;
        aggregates.push(aggregate);
        i = rest;
    }
    let Ok((rest, _)) = keyword("by", "BY")(i) else { return Ok((i, aggregates, Vec::new())) };
    let at = rest.ws();
    if at.is_empty() {
        let stop: Res<'a, ()> = at.cut("a field name after BY");
        stop?;
    }
    let (rest, by) = columns1(rest, &[])?;
    Ok((options(rest)?, aggregates, by))
}

/// `function`, `function(argument)`, with `AS name`.
pub(crate) fn aggregate(i: In<'_>) -> Res<'_, Aggregate> {
    let (rest, call) = call(i)?;
    let (rest, alias) = opt(alias).parse(rest)?;
    let span = i.span_to(rest);
    Ok((rest, Aggregate { alias, span, ..call }))
}

fn call(i: In<'_>) -> Res<'_, Aggregate> {
    let i = i.ws();
    let n =
        i.s.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(i.s.len());
    if n == 0 || i.s[..n].eq_ignore_ascii_case("by") {
        return i.cut("an aggregate such as `count` or `dc(user)`");
    }
    let name = i.s[..n].to_ascii_lowercase();
    let after = i.skip(n);
    let span = i.span_to(after);
    let (function, percentile) = split_percentile(&name);
    if names::STATS_FUNCTIONS.binary_search(&function).is_err() {
        return stop(unknown_function(after, &name, span));
    }
    let function = Spanned::new(function.to_owned(), span);
    let percentile = percentile.map(str::to_owned);
    let open = after.ws();
    let (rest, argument) = match open.s.starts_with('(') {
        true => argument(open, &function.node)?,
        false => (after, AggregateArgument::None),
    };
    let text = i.s[..rest.off - i.off].trim_end().to_owned();
    let span = i.span_to(rest);
    Ok((rest, Aggregate { function, percentile, argument, alias: None, text, span }))
}

/// `perc95` is the function `perc` and 95.
pub fn split_percentile(name: &str) -> (&str, Option<&str>) {
    for function in ["exactperc", "upperperc", "perc", "p"] {
        if let Some(number) = name.strip_prefix(function)
            && number.starts_with(|c: char| c.is_ascii_digit())
            && number.parse::<f64>().is_ok()
        {
            return (function, Some(number));
        }
    }
    (name, None)
}

fn argument<'a>(open: In<'a>, function: &str) -> Res<'a, AggregateArgument> {
    let i = open.skip(1).ws();
    if i.s.starts_with(')') {
        return Ok((i.skip(1), AggregateArgument::None));
    }
    if function == "sparkline" {
        let (rest, of) = call(i)?;
        let (rest, step) = match comma(rest) {
            Ok((rest, _)) => value(rest).map(|(rest, v)| (rest, Some(v)))?,
            Err(_) => (rest, None),
        };
        let rest = eval::close_paren(open, rest)?;
        return Ok((rest, AggregateArgument::Sparkline { of: Some(Box::new(of)), step }));
    }
    let word = i.s.get(..4).unwrap_or("");
    if word.eq_ignore_ascii_case("eval") && i.skip(4).ws().s.starts_with('(') {
        let inner = i.skip(4).ws();
        let (rest, expr) = match eval::expr(inner.skip(1)) {
            Err(nom::Err::Error(_)) => return inner.skip(1).ws().cut("an expression"),
            other => other?,
        };
        let rest = eval::close_paren(inner, rest)?;
        return Ok((eval::close_paren(open, rest)?, AggregateArgument::Eval(expr)));
    }
    if let Ok((rest, name)) = prefix(i) {
        return Ok((eval::close_paren(open, rest)?, AggregateArgument::Prefix(name)));
    }
    let (rest, name) = match field(i) {
        Err(nom::Err::Error(_)) => return i.cut("a field name or eval(...)"),
        other => other?,
    };
    Ok((eval::close_paren(open, rest)?, AggregateArgument::Field(name)))
}

/// `PREFIX(kbps=)`: in upper case, the text as it is.
pub(crate) fn prefix(i: In<'_>) -> Res<'_, Field> {
    let i = i.ws();
    let Some(body) = i.s.strip_prefix("PREFIX(") else { return i.fail("PREFIX(...)") };
    let Some(n) = body.find(')') else { return i.cut("`)`") };
    let text = body[..n].trim().trim_matches('"').to_owned();
    let rest = i.skip("PREFIX(".len() + n + 1);
    Ok((rest, Spanned::new(text, i.span_to(rest))))
}

#[cold]
fn unknown_function(after: In<'_>, name: &str, span: Span) -> Diagnostic {
    let called = after.ws().s.starts_with('(');
    let d = Diagnostic::error("SPL1003", span, format!("unknown stats function `{name}`"))
        .label("not a function of stats");
    match did_you_mean(name, names::STATS_FUNCTIONS.iter().copied()) {
        Some(help) => d.help(help),
        None if names::is_command(name) => d.help(format!("is a `|` missing before `{name}`?")),
        None if called && names::is_eval_function(name) => d.help(format!(
            "`{name}` is an eval function: put it inside, as in `count(eval({name}(...)))`"
        )),
        None if !called => d.help("fields to group by come after BY; a new name after AS"),
        None => d,
    }
}
