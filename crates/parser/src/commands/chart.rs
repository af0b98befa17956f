//! `chart` and `timechart` (also `sichart`, `sitimechart`): a table of aggregates.

use super::NamedOption;
use super::stats::{Aggregate, AggregateArgument, Stats, aggregate, split_percentile};
use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::{alias, column, count, field};
use crate::grammar::eval;
use crate::grammar::options::{missing, option, value};
use crate::input::{In, Res, stop};
use crate::lex::words::keyword;
use crate::names;
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    /// The aggregates; the BY list holds the fields of the rows and of the columns.
    pub stats: Stats,
    /// Expressions over aggregates, such as `eval(avg(size)/max(delay)) AS ratio`.
    pub computed: Vec<Computed>,
    /// The field of the rows; none for `timechart`, whose rows are times.
    pub row: Option<Axis>,
    /// The field whose values become columns.
    pub column: Option<Axis>,
    /// How times are put into bins: the options of `timechart` itself.
    pub time_bins: Vec<NamedOption>,
    /// `limit=`, `sep=`, `format=`, `cont=`, `partial=`, `fixedrange=`, `usenull=`, `useother=`,
    /// `nullstr=`, `otherstr=` as typed.
    pub options: Vec<NamedOption>,
    /// `agg=`: what the columns are chosen by.
    pub agg: Option<Aggregate>,
    /// `where max in top5`: which columns are shown.
    pub filter: Option<Filter>,
}

/// An expression over aggregates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Computed {
    /// The expression; its aggregates are fields with the names that they have in `aggregates`.
    pub expr: Expr,
    /// The aggregates in it, with their names in the expression as alias.
    pub aggregates: Vec<Aggregate>,
    /// The name after AS, else the text as typed.
    pub target: Field,
    /// How many aggregates and expressions stand before it.
    pub at: usize,
}

/// A field with the options of its bins.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// The field.
    pub field: Field,
    /// `span=`, `bins=`, `minspan=`, `start=`, `end=`, `aligntime=` as typed.
    pub bins: Vec<NamedOption>,
}

/// The where clause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Filter {
    /// What a column is judged by.
    pub aggregate: Aggregate,
    /// What must hold of it.
    pub keep: Keep,
    /// The whole clause.
    pub span: Span,
}

/// Which columns a where clause keeps.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// `in top5`, `notin bottom3`.
    Rank {
        /// `notin`.
        not: bool,
        /// `bottom`.
        bottom: bool,
        /// How many.
        count: u64,
    },
    /// `> 10`
    Above(f64),
    /// `< 10`
    Below(f64),
}

const BINS: [&str; 6] = ["aligntime", "bins", "end", "minspan", "span", "start"];

const CHART: &[&str] = &[
    "agg",
    "aligntime",
    "bins",
    "cont",
    "dedup_splitvals",
    "end",
    "format",
    "limit",
    "minspan",
    "nullstr",
    "otherstr",
    "sep",
    "span",
    "start",
    "usenull",
    "useother",
];

const TIMECHART: &[&str] = &[
    "agg",
    "aligntime",
    "bins",
    "cont",
    "dedup_splitvals",
    "end",
    "fixedrange",
    "format",
    "limit",
    "minspan",
    "nullstr",
    "otherstr",
    "partial",
    "sep",
    "span",
    "start",
    "usenull",
    "useother",
];

/// What stands at a place of the arguments.
enum Place {
    Aggregates,
    Over,
    By,
}

pub(crate) fn parse<'a>(mut i: In<'a>, name: &str) -> Res<'a, Chart> {
    let timechart = name.ends_with("timechart");
    let known = if timechart { TIMECHART } else { CHART };
    let stats = Stats {
        options: Vec::new(),
        aggregates: Vec::new(),
        by: Vec::new(),
        dedup_splitvals: None,
    };
    let mut c = Chart {
        stats,
        computed: Vec::new(),
        row: None,
        column: None,
        time_bins: Vec::new(),
        options: Vec::new(),
        agg: None,
        filter: None,
    };
    let (mut over, mut by, mut bins): (Vec<Axis>, Vec<Axis>, Vec<NamedOption>) = Default::default();
    let (mut place, mut by_seen) = (Place::Aggregates, false);
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') && c.len() > 0 {
            at = at.skip(1).ws();
        }
        if at.is_empty() {
            at.cx.expect(at.off, "BY");
            i = at;
            break;
        }
        if let Some((rest, agg)) = agg(at)? {
            c.agg = Some(agg);
            i = rest;
            continue;
        }
        match option(at, name, known) {
            Ok((rest, mut o)) => {
                i = rest;
                match o.name.node.as_str() {
                    "limit" => i = spaced_limit(rest, &mut o),
                    "cont" | "partial" | "fixedrange" | "usenull" | "useother" => {
                        o.as_bool()?;
                    }
                    _ => {}
                }
                if o.name.node == "dedup_splitvals" {
                    c.stats.dedup_splitvals = Some(Spanned::new(o.as_bool()?, o.value.span));
                } else if !BINS.contains(&o.name.node.as_str()) {
                    c.options.push(o);
                } else if let Some(axis) = by.last_mut().or(over.last_mut())
                    && !timechart
                {
                    axis.bins.push(o);
                } else {
                    bins.push(o);
                }
                continue;
            }
            Err(nom::Err::Error(_)) => {}
            Err(e) => return Err(e),
        }
        if !by_seen && let Ok((rest, _)) = keyword("by", "BY")(at) {
            (i, place, by_seen) = (rest, Place::By, true);
            needs_field(rest, "a field name after BY")?;
            continue;
        }
        if !timechart
            && !by_seen
            && over.is_empty()
            && let Ok((rest, _)) = keyword("over", "OVER")(at)
        {
            (i, place) = (rest, Place::Over);
            needs_field(rest, "a field name after OVER")?;
            continue;
        }
        if !by.is_empty()
            && c.filter.is_none()
            && let Ok((rest, _)) = keyword("where", "WHERE")(at)
        {
            let (rest, filter) = filter(at, rest)?;
            (i, c.filter) = (rest, Some(filter));
            continue;
        }
        let most = if timechart || !over.is_empty() { 1 } else { 2 };
        match place {
            Place::Aggregates if computed_here(at) => {
                let (rest, computed) = computed(at, c.len())?;
                c.computed.push(computed);
                i = rest;
            }
            Place::Aggregates => {
                let (rest, aggregate) = aggregate(at)?;
                c.stats.aggregates.push(aggregate);
                i = rest;
            }
            Place::Over if over.is_empty() => {
                let (rest, field) = column(at)?;
                over.push(Axis { field, bins: Vec::new() });
                i = rest;
            }
            Place::Over => {
                return at.cut("BY");
            }
            Place::By => {
                let (rest, field) = column(at)?;
                if by.len() >= most {
                    return stop(too_many(name, &field, most));
                }
                by.push(Axis { field, bins: Vec::new() });
                i = rest;
            }
        }
    }
    if c.len() == 0 {
        return missing(
            i,
            &format!("`{name}` needs an aggregate"),
            &format!("write `{name} count` or `{name} avg(bytes) by host`"),
        );
    }
    let mut axes = over.into_iter().chain(by);
    if timechart {
        c.time_bins = bins;
        c.column = axes.next();
    } else {
        c.row = axes.next();
        c.column = axes.next();
        if let Some(row) = &mut c.row {
            row.bins.splice(0..0, bins);
            // `by _time host span=1h`: a span of time belongs to the time
            if let Some(column) = &mut c.column
                && row.field.node == "_time"
                && row.bins.is_empty()
                && column.bins.iter().any(|o| o.name.node == "span" && is_time(&o.value.node))
            {
                row.bins = std::mem::take(&mut column.bins);
            }
        } else if let Some(o) = bins.first() {
            return stop(
                Diagnostic::error("SPL2241", o.span, format!("`{}=` needs a field", o.name.node))
                    .label("nothing to put into bins")
                    .help("name the field with OVER or BY"),
            );
        }
    }
    c.stats.by = c.row.iter().chain(&c.column).map(|a| a.field.clone()).collect();
    Ok((i, c))
}

impl Chart {
    /// How many columns are asked for.
    fn len(&self) -> usize {
        self.stats.aggregates.len() + self.computed.len()
    }
}

/// `eval(` or `(`
fn computed_here(i: In<'_>) -> bool {
    let word = i.s.get(..4).unwrap_or("");
    i.s.starts_with('(') || word.eq_ignore_ascii_case("eval") && i.skip(4).ws().s.starts_with('(')
}

/// An expression over aggregates with its name.
fn computed(i: In<'_>, at: usize) -> Res<'_, Computed> {
    let open = if i.s.starts_with('(') { i } else { i.skip(4).ws() };
    let before = i.cx.diagnostics.borrow().len();
    let (rest, expr) = match eval::expr(open.skip(1)) {
        Err(nom::Err::Error(_)) => return open.skip(1).ws().cut("an expression"),
        other => other?,
    };
    // `dc` is unknown to eval, but not here
    i.cx.diagnostics.borrow_mut().retain({
        let mut n = 0;
        move |d| {
            n += 1;
            let start = (d.span.start as usize).saturating_sub(i.off);
            let end = (d.span.end as usize).saturating_sub(i.off);
            let name = i.s.get(start..end).unwrap_or("").to_ascii_lowercase();
            n <= before || d.code != "SPL1002" || !is_aggregate(&name)
        }
    });
    let rest = eval::close_paren(open, rest)?;
    let text = Spanned::new(i.s[..rest.off - i.off].to_owned(), i.span_to(rest));
    let mut aggregates = Vec::new();
    let mut expr = expr;
    lift(&mut expr, i, at, &mut aggregates);
    let (rest, alias) = opt(alias).parse(rest)?;
    Ok((rest, Computed { expr, aggregates, target: alias.unwrap_or(text), at }))
}

fn is_aggregate(name: &str) -> bool {
    names::STATS_FUNCTIONS.binary_search(&split_percentile(name).0).is_ok()
}

/// Puts the aggregates of an expression on the list, and a field in their place. `max(a, b)` is
/// the eval function.
fn lift(expr: &mut Expr, i: In<'_>, at: usize, out: &mut Vec<Aggregate>) {
    match &mut expr.kind {
        ExprKind::Call { name, args } if args.len() <= 1 && is_aggregate(&name.node) => {
            let (function, percentile) = split_percentile(&name.node);
            let argument = match args.pop() {
                None => AggregateArgument::None,
                Some(Expr { kind: ExprKind::Field(f), span }) => {
                    AggregateArgument::Field(Spanned::new(f, span))
                }
                Some(other) => AggregateArgument::Eval(other),
            };
            let start = (expr.span.start as usize).saturating_sub(i.off);
            let end = (expr.span.end as usize).saturating_sub(i.off);
            let hidden = format!("{HIDDEN}{at}.{}", out.len());
            out.push(Aggregate {
                function: Spanned::new(function.to_owned(), name.span),
                percentile: percentile.map(str::to_owned),
                argument,
                alias: Some(Spanned::new(hidden.clone(), expr.span)),
                text: i.s.get(start..end).unwrap_or_default().to_owned(),
                span: expr.span,
            });
            expr.kind = ExprKind::Field(hidden);
        }
        ExprKind::Call { args, .. } => args.iter_mut().for_each(|a| lift(a, i, at, out)),
        ExprKind::Unary { expr, .. } => lift(expr, i, at, out),
        ExprKind::Binary { lhs, rhs, .. } => {
            lift(lhs, i, at, out);
            lift(rhs, i, at, out);
        }
        ExprKind::In { expr, list } => {
            lift(expr, i, at, out);
            list.iter_mut().for_each(|a| lift(a, i, at, out));
        }
        _ => {}
    }
}

/// What the names of aggregates inside expressions begin with; no field can.
pub const HIDDEN: &str = "\u{1}";

fn is_time(span: &str) -> bool {
    span.ends_with(|c: char| c.is_alphabetic()) && !span.contains("log")
}

fn needs_field<'a>(i: In<'a>, what: &'static str) -> Result<(), nom::Err<crate::input::Fail>> {
    let at = i.ws();
    if at.is_empty() {
        let stop: Res<'a, ()> = at.cut(what);
        stop?;
    }
    Ok(())
}

#[cold]
fn too_many(name: &str, field: &Field, most: usize) -> Diagnostic {
    let what = match most {
        1 => "one field",
        _ => "two fields: of the rows, of the columns",
    };
    let d = Diagnostic::error("SPL2240", field.span, format!("BY of `{name}` takes {what}"))
        .label("one too many");
    match names::is_command(&field.node) {
        true => d.help(format!("is a `|` missing before `{}`?", field.node)),
        false => d.help("join several into one with eval, or use `stats`"),
    }
}

/// `limit=top 5`: the number may stand apart.
fn spaced_limit<'a>(rest: In<'a>, o: &mut NamedOption) -> In<'a> {
    if matches!(o.value.node.to_ascii_lowercase().as_str(), "top" | "bottom")
        && let Ok((after, n)) = count(rest)
    {
        o.value.node.push_str(&n.node.to_string());
        o.value.span = Span { end: n.span.end, ..o.value.span };
        o.span = Span { end: n.span.end, ..o.span };
        return after;
    }
    rest
}

/// `agg=max(bytes)`, `agg=(max)`, `agg=max`; none where something else stands.
fn agg<'a>(i: In<'a>) -> Result<Option<(In<'a>, Aggregate)>, nom::Err<crate::input::Fail>> {
    let Ok((rest, name)) = field(i) else { return Ok(None) };
    let eq = rest.ws();
    if !name.node.eq_ignore_ascii_case("agg") || !eq.s.starts_with('=') {
        return Ok(None);
    }
    let at = eq.skip(1).ws();
    if !at.s.starts_with('(') {
        return aggregate(at).map(Some);
    }
    let (rest, agg) = aggregate(at.skip(1))?;
    Ok(Some((eval::close_paren(at, rest)?, agg)))
}

/// What follows `where`.
fn filter<'a>(whole: In<'a>, i: In<'a>) -> Res<'a, Filter> {
    let (rest, aggregate) = aggregate(i)?;
    let at = rest.ws();
    if let Some(c @ ('<' | '>')) = at.peek() {
        let (rest, number) = value(at.skip(1))?;
        let Some(n) = number.node.parse().ok().filter(|n: &f64| n.is_finite()) else {
            return at.skip(1).ws().cut("a number");
        };
        let keep = if c == '<' { Keep::Below(n) } else { Keep::Above(n) };
        return Ok((rest, Filter { aggregate, keep, span: whole.span_to(rest) }));
    }
    let (rest, not) = match keyword("notin", "notin")(at) {
        Ok((rest, _)) => (rest, true),
        Err(_) => match keyword("in", "in")(at) {
            Ok((rest, _)) => (rest, false),
            Err(_) => return at.cut("`in top5`, `notin bottom5`, `< 5` or `> 5`"),
        },
    };
    let at = rest.ws();
    let Ok((mut rest, word)) = field(at) else { return at.cut("top5 or bottom5") };
    let lower = word.node.to_ascii_lowercase();
    let (bottom, digits) = match (lower.strip_prefix("top"), lower.strip_prefix("bottom")) {
        (Some(n), _) => (false, n.to_owned()),
        (_, Some(n)) => (true, n.to_owned()),
        _ => return at.cut("top5 or bottom5"),
    };
    let n = match digits.is_empty() {
        true => match count(rest) {
            Ok((after, n)) => {
                rest = after;
                n.node
            }
            Err(_) => return rest.ws().cut("a whole number"),
        },
        false => match digits.parse() {
            Ok(n) => n,
            Err(_) => return at.cut("top5 or bottom5"),
        },
    };
    let keep = Keep::Rank { not, bottom, count: n };
    Ok((rest, Filter { aggregate, keep, span: whole.span_to(rest) }))
}
