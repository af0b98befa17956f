//! `tstats`: aggregates over indexed fields or over a data model.

use super::stats::{self, prestats};
use super::{Class, CommandSpec, Op, append, bin};
use crate::datamodel::{Chosen, Output, Prepare, Renamed, choose, events};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::{Events, PlanCx};
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_data::{FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Field, SearchExpr, Span, Spanned, Stage};
use sepal_parser::commands::stats::{AggregateArgument, Stats};
use sepal_parser::commands::tstats::{ByField, Tstats, TstatsSource};
use sepal_parser::commands::{Command, NamedOption};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "tstats",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Aggregates over indexed fields, or over the fields of a data model.",
        syntax: "tstats [prestats=<bool>] [append=<bool>] [summariesonly=<bool>] [allow_old_summaries=<bool>] [local=<bool>] \
                 [include_reduced_buckets=<bool>] [chunk_size=<int>] [fillnull_value=<string>] \
                 <stats-func>... [FROM datamodel=<model>.<dataset>] [WHERE <search-query>] \
                 [BY (<field-list> | PREFIX(<string>)) [span=<timespan>]]",
        details: "Nothing is accelerated: the events are read, so that summariesonly and the other \
                  options about summaries, servers and chunks have no effect. Fields of a data model \
                  are written Dataset.field. Without FROM the events are those of the inputs; index, \
                  source, sourcetype, host and _time are the fields that Splunk always has there. \
                  Rows in which a BY field is null are left out, unless fillnull_value gives them a \
                  value. _time in BY without a span has at most 100 bins. prestats=true gives rows \
                  that stats, chart, timechart, top or rare with the same functions finish; with \
                  append=true as well they come after the rows before, so that the results of \
                  several data models add up. AS means nothing then.",
        source: "help.splunk.com/splunk-enterprise/spl-search-reference/10.0/search-commands/tstats",
        examples: &[CommandExample {
            title: "events of each host",
            search: "| tstats count WHERE NOT host=c BY host",
            events: r#"{"host":"b"}
{"host":"a"}
{"host":"b"}"#,
            rows: r#"{"host":"a","count":1}
{"host":"b","count":2}"#,
        }],
    },
    plan,
};

/// The fields that are in the index of every event.
pub(super) const INDEXED: &[&str] = &[
    "_indextime",
    "_time",
    "date_hour",
    "date_mday",
    "date_minute",
    "date_month",
    "date_second",
    "date_wday",
    "date_year",
    "date_zone",
    "host",
    "index",
    "linecount",
    "punct",
    "source",
    "sourcetype",
    "splunk_server",
];

/// What the beginning of an event's span is called until the groups are made.
pub(super) const SPAN: &str = "_time span";

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Tstats(t) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let options = options(&t.options)?;
    let mut asked = asked(t);
    let names: Vec<&str> = asked.iter().map(|f| f.node.as_str()).collect();
    let chosen = match &t.from {
        None => None,
        Some(TstatsSource::Datamodel(name)) => Some(choose(name, t.filter.as_ref(), &names, cx)?),
        Some(TstatsSource::Sid(s) | TstatsSource::Namespace(s)) => {
            let what = format!("tstats FROM {}", s.node);
            let d = Diagnostic::unsupported("SPL2312", s.span, what).label("no saved summary");
            return Err(vec![d.help("tstats reads `FROM datamodel=...`, or events without FROM")]);
        }
    };
    // those of the condition are told by whoever rewrites it
    let in_filter = asked.split_off(asked.len() - filter_fields(t).len());
    let mut prepare = Prepare::default();
    match &chosen {
        Some(Chosen { scope, others, .. }) => {
            for f in &asked {
                if f.node.contains('*') {
                    prepare.pairs.extend(scope.pairs(Some(&Pattern::case_sensitive(&f.node))));
                } else if scope.raw(&f.node).is_none() {
                    if others.iter().any(|o| o.name == f.node) {
                        continue;
                    }
                    cx.warnings.push(scope.unknown_field(f));
                } else {
                    prepare.pairs.extend(scope.pair(&f.node));
                }
            }
            prepare.pairs.sort_by(|a, b| a.name.cmp(&b.name));
            prepare.pairs.dedup();
        }
        None => {
            for f in asked.iter().chain(&in_filter) {
                if !INDEXED.contains(&f.node.as_str()) {
                    cx.warnings.push(not_indexed(f));
                }
            }
        }
    }
    let mut aggregates = t.aggregates.clone();
    let mut diagnostics = Vec::new();
    for a in &mut aggregates {
        match &a.argument {
            AggregateArgument::Prefix(p) => {
                prepare.prefixes.push(FieldName::new(&p.node));
                a.argument = AggregateArgument::Field(p.clone());
            }
            AggregateArgument::Eval(_) => diagnostics.push(
                Diagnostic::error("SPL2313", a.span, "tstats takes no eval expressions")
                    .label("expected a field")
                    .help("aggregate the field, and use eval after tstats"),
            ),
            _ => {}
        }
    }
    let mut by: Vec<Field> = Vec::new();
    for f in &t.by {
        let (ByField::Field(f) | ByField::Prefix(f)) = f;
        if !by.contains(f) {
            by.push(f.clone());
        }
    }
    let prefixes = t.by.iter().filter_map(|f| match f {
        ByField::Prefix(p) => Some(FieldName::new(&p.node)),
        ByField::Field(_) => None,
    });
    prepare.prefixes.extend(prefixes);
    prepare.prefixes.sort();
    prepare.prefixes.dedup();
    prepare.fill = options.fill.filter(|_| !by.is_empty()).map(|value| {
        let fields = by.iter().filter(|f| f.node != "_time");
        (fields.map(|f| FieldName::new(&f.node)).collect(), Value::from(value.as_str()))
    });
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let mut ops = Vec::new();
    let time = by.iter_mut().find(|f| f.node == "_time");
    let timed = time.is_some();
    if let Some(f) = time {
        let taken = aggregates.iter().find_map(|a| a.alias.as_ref().filter(|n| n.node == "_time"));
        if let Some(name) = taken.filter(|_| !options.prestats) {
            let message = "two columns would be named _time";
            let d = Diagnostic::error("SPL2017", name.span, message).label("already taken");
            return Err(vec![d.help("give this one another name with AS")]);
        }
        // aggregates see the times of the events, not the beginning of their span
        ops.push(time_bins(t.span.as_ref())?);
        f.node = SPAN.to_owned();
    }
    let stats = Stats { options: Vec::new(), aggregates, by, dedup_splitvals: None };
    ops.push(match options.prestats {
        true => prestats::operator(&stats, &t.aggregates, "", cx)?,
        false => stats::operator(&stats)?,
    });
    if timed {
        ops.push(Op::Streaming(Box::new(Renamed { from: SPAN.into(), to: "_time".into() })));
    }
    let output = Output { prepare, ops, after: FieldSet::all() };
    let filter = t.filter.as_ref();
    let made = events(chosen.as_ref(), filter, output, &stage.name, stage.span, cx)?;
    Ok(begun_or_appended(made, options.append, stage, cx))
}

/// The command as the beginning of a search; with `append=true` behind other rows, its rows after
/// those.
pub(super) fn begun_or_appended(made: Events, append: bool, stage: &Stage, cx: &PlanCx) -> Op {
    match append && !cx.is_first() {
        true => append::all_of(made.into_plan(stage.span)),
        false => Op::Events(Box::new(made)),
    }
}

/// The options that mean something here.
#[derive(Default)]
struct Options {
    fill: Option<String>,
    prestats: bool,
    append: bool,
}

/// `append=true` alone. Source: Search Reference, `tstats` and `mstats`, "append": "Valid only when
/// prestats=true".
pub(super) fn append_alone(at: Span) -> Diagnostic {
    Diagnostic::error("SPL2340", at, "append=true needs prestats=true")
        .label("valid only with prestats=true")
        .help("let stats, chart or timechart finish the rows, or use the command `append`")
}

/// Checks the options.
fn options(given: &[NamedOption]) -> Result<Options, Vec<Diagnostic>> {
    let (mut out, mut diagnostics) = (Options::default(), Vec::new());
    let mut append = None;
    let wrong = |o: &NamedOption, needs: &str| {
        let message = format!("`{}=` needs {needs}, not `{}`", o.name.node, o.value.node);
        Diagnostic::error("SPL2002", o.value.span, message).label(format!("expected {needs}"))
    };
    for o in given {
        let text = o.value.node.to_ascii_lowercase();
        let truth = match text.as_str() {
            "true" | "t" | "1" | "yes" | "y" => Some(true),
            "false" | "f" | "0" | "no" | "n" => Some(false),
            _ => None,
        };
        match (o.name.node.as_str(), truth) {
            ("fillnull_value", _) => out.fill = Some(o.value.node.clone()),
            ("chunk_size", _) if text.parse::<u64>().is_err() => {
                diagnostics.push(wrong(o, "a whole number"));
            }
            ("chunk_size", _) => {}
            (_, None) => diagnostics.push(wrong(o, "true or false")),
            ("prestats", Some(on)) => out.prestats = on,
            ("append", Some(on)) => (out.append, append) = (on, Some(o.span)),
            _ => {}
        }
    }
    if out.append && !out.prestats {
        diagnostics.extend(append.map(append_alone));
    }
    if diagnostics.is_empty() { Ok(out) } else { Err(diagnostics) }
}

/// The fields that the search names; those of WHERE stand last.
fn asked(t: &Tstats) -> Vec<Field> {
    let of_aggregates = t.aggregates.iter().filter_map(|a| match &a.argument {
        AggregateArgument::Field(f) => Some(f.clone()),
        _ => None,
    });
    let of_by = t.by.iter().filter_map(|f| match f {
        ByField::Field(f) => Some(f.clone()),
        ByField::Prefix(_) => None,
    });
    of_aggregates.chain(of_by).chain(filter_fields(t)).collect()
}

fn filter_fields(t: &Tstats) -> Vec<Field> {
    fn walk(e: &SearchExpr, out: &mut Vec<Field>) {
        match e {
            SearchExpr::And(es) | SearchExpr::Or(es) => es.iter().for_each(|e| walk(e, out)),
            SearchExpr::Not(e) => walk(e, out),
            SearchExpr::Compare { field, .. }
            | SearchExpr::In { field, .. }
            | SearchExpr::CompareSubsearch { field, .. }
            | SearchExpr::InSubsearch { field, .. } => out.push(field.clone()),
            _ => {}
        }
    }
    let mut out = Vec::new();
    t.filter.iter().for_each(|e| walk(e, &mut out));
    out
}

fn not_indexed(f: &Field) -> Diagnostic {
    let message = format!("`{}` is no field that every index has", f.node);
    Diagnostic::warning("SPL2314", f.span, message)
        .label("read from the events here")
        .help("in Splunk tstats without a data model sees a field only if it is extracted when the event is indexed")
}

/// `_time span=1h`.
pub(super) fn time_bins(span: Option<&Spanned<String>>) -> Result<Op, Vec<Diagnostic>> {
    let options = span.iter().map(|s| NamedOption {
        name: Spanned::new("span".to_owned(), s.span),
        value: (*s).clone(),
        span: s.span,
    });
    let at = span.map(|s| s.span).unwrap_or_default();
    let bin = sepal_parser::commands::bin::Bin {
        options: options.collect(),
        field: Spanned::new("_time".to_owned(), at),
        alias: Some(Spanned::new(SPAN.to_owned(), at)),
    };
    bin::plan(&bin, &(None, None))
}
