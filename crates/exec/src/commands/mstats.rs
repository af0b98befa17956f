//! `mstats`: aggregates over the metrics of metric data points.

mod points;
mod series;

use super::stats::{self, POINTS, prestats};
use super::tstats::SPAN;
use super::{Class, CommandSpec, Op, chart, tstats};
use crate::aggregates::OF_SERIES;
use crate::datamodel::{Output, Prepare, Renamed, events};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::PlanCx;
use points::{Every, METRIC, Named, VALUE, Values};
use sepal_data::fieldset::FieldSet;
use sepal_data::{FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Field, SearchExpr, Span, Spanned, Stage, TermKind};
use sepal_parser::commands::chart::{Axis, Chart};
use sepal_parser::commands::mstats::Mstats;
use sepal_parser::commands::stats::{Aggregate, AggregateArgument, Stats};
use sepal_parser::commands::tstats::ByField;
use sepal_parser::commands::{Command, NamedOption};
use series::{SERIES, TimeSeries};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "mstats",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Aggregates over the metrics of metric data points.",
        syntax: "mstats [prestats=<bool>] [append=<bool>] [chart=<bool>] [chart.limit=<int>] [chart.agg=<stats-func>] \
                 [chart.usenull=<bool>] [chart.useother=<bool>] [chart.nullstr=<string>] \
                 [chart.otherstr=<string>] [fillnull_value=<string>] [backfill=<bool>] \
                 [update_period=<int>] [chunk_size=<int>] \
                 <stats-func>(<metric>|_value) [AS <name>]... [WHERE <condition>] \
                 [BY <field-list>] [span=<timespan> [every=<timespan>]]",
        details: "Data points are events with a field metric_name:NAME for each metric, or with \
                  metric_name and _value for one; their other fields are dimensions. A metric may \
                  hold wildcards. Aggregates of _value are over every measurement, and only then \
                  may the condition name metric_name. The condition compares fields; it takes no \
                  words, and no CASE() or TERM(). With span there is a row for each span with data \
                  points, called _time; every= reads only the first span of each of its lengths. \
                  chart=true makes the table of timechart where there is a span, else that of \
                  chart. Rows in which a BY field is null are left out, unless fillnull_value \
                  gives them a value. BY _timeseries makes a group of each combination of \
                  dimension values, which it shows as JSON; rate_avg() and rate_sum() are the \
                  average and the sum of the rates of these. prestats=true and append=true are \
                  those of tstats. Options about searches in real time and chunks have no effect.",
        source: "help.splunk.com/splunk-enterprise/spl-search-reference/10.0/search-commands/mstats",
        examples: &[
            CommandExample {
                title: "the mean of all metrics of cpu for each host",
                search: "| mstats avg(cpu.*) AS cpu.* WHERE region=us BY host",
                events: r#"{"metric_name:cpu.usr":10,"metric_name:cpu.sys":1,"region":"us","host":"a"}
{"metric_name:cpu.usr":20,"region":"us","host":"a"}
{"metric_name":"cpu.usr","_value":7,"region":"us","host":"b"}
{"metric_name:cpu.usr":99,"region":"eu","host":"a"}"#,
                rows: r#"{"host":"a","cpu.sys":1,"cpu.usr":15}
{"host":"b","cpu.usr":7}"#,
            },
            CommandExample {
                title: "how fast the counters of all hosts grow together, in each minute",
                search: "| mstats rate_sum(requests) AS per_second span=1m | table per_second",
                events: r#"{"_time":100,"metric_name:requests":700,"host":"a"}
{"_time":90,"metric_name:requests":80,"host":"b"}
{"_time":50,"metric_name:requests":200,"host":"a"}
{"_time":40,"metric_name:requests":30,"host":"b"}
{"_time":0,"metric_name:requests":100,"host":"a"}"#,
                rows: r#"{"per_second":2}
{"per_second":11}"#,
            },
        ],
    },
    plan,
};

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Mstats(m) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let options = Options::new(m)?;
    let by = by_fields(m)?;
    let of_values = of_values(m)?;
    if let Some(at) = m.filter.as_ref().and_then(word) {
        let d = Diagnostic::error("SPL2466", at, "the condition of mstats takes no words");
        return Err(vec![
            d.label("not a comparison").help("such as host=web1 or region IN (us, eu)"),
        ]);
    }
    let mut aggregates = m.aggregates.clone();
    let mut now = Vec::new();
    let mut ops = Vec::new();
    if of_values {
        let mut later = Vec::new();
        split(m.filter.as_ref(), &mut now, &mut later);
        aggregates.iter_mut().for_each(count_values);
        let filter = match later.is_empty() {
            true => None,
            false => Some(cx.condition(&SearchExpr::And(later))?),
        };
        ops.push(Op::Streaming(Box::new(Values { filter })));
    } else {
        check_named(m, &by)?;
        now.extend(m.filter.clone());
        let metrics = aggregates.iter_mut().filter_map(to_measure);
        let metrics = Named::new(metrics);
        ops.push(Op::Streaming(Box::new(metrics)));
    }
    let rated: Vec<String> = aggregates.iter_mut().filter_map(to_points).collect();
    if let (true, Some(a)) = (options.prestats, aggregates.iter().find(|a| is_of_series(a))) {
        let message = format!("{} does not go with prestats=true", a.function.node);
        return Err(vec![
            Diagnostic::error("SPL2481", a.span, message)
                .label("needs all data points of a time series")
                .help("leave prestats out: mstats gives the result itself"),
        ]);
    }
    let by_series = by.iter().any(|f| f.node == SERIES);
    if by_series || !rated.is_empty() {
        let own = by.iter().map(|f| FieldName::new(&f.node)).filter(|f| f != SERIES).collect();
        ops.push(Op::Streaming(Box::new(TimeSeries::new(by_series, &rated, own))));
    }
    if let Some(value) = options.fill.filter(|_| !by.is_empty()) {
        let fields = by.iter().map(|f| FieldName::new(&f.node)).collect();
        let fill = Some((fields, Value::from(value.as_str())));
        ops.push(Op::Streaming(Box::new(Prepare { fill, ..Prepare::default() })));
    }
    let span = m.span.as_ref().filter(|s| !s.node.eq_ignore_ascii_case("auto"));
    let timed = m.span.is_some();
    if let Some((every, span)) = &options.every {
        ops.push(Op::Streaming(Box::new(Every::new(every, span, SPAN)?)));
    }
    if options.chart {
        ops.push(charted(m, aggregates, by, &options.every, stage, cx)?);
    } else {
        let mut fields = by;
        if timed {
            if let Some(taken) = aggregates.iter().find_map(taken)
                && !options.prestats
            {
                return Err(vec![taken]);
            }
            if options.every.is_none() {
                ops.push(tstats::time_bins(span)?);
            }
            fields.insert(0, Spanned::new(SPAN.to_owned(), stage.name.span));
        }
        let by = fields;
        let stats = Stats { options: Vec::new(), aggregates, by, dedup_splitvals: None };
        ops.push(match options.prestats {
            true => prestats::operator(&stats, &m.aggregates, "metric_name:", cx)?,
            false => stats::operator(&stats)?,
        });
        if timed {
            ops.push(Op::Streaming(Box::new(Renamed { from: SPAN.into(), to: "_time".into() })));
        }
    }
    let filter = (!now.is_empty()).then_some(SearchExpr::And(now));
    let output = Output { prepare: Prepare::default(), ops, after: FieldSet::all() };
    let made = events(None, filter.as_ref(), output, &stage.name, stage.span, cx)?;
    Ok(tstats::begun_or_appended(made, options.append, stage, cx))
}

/// The options that mean something here.
#[derive(Default)]
struct Options {
    chart: bool,
    prestats: bool,
    append: bool,
    fill: Option<String>,
    /// `every=` and the span that it goes with.
    every: Option<(Spanned<String>, Spanned<String>)>,
}

impl Options {
    fn new(m: &Mstats) -> Result<Options, Vec<Diagnostic>> {
        let (mut out, mut found) = (Options::default(), Vec::new());
        let mut append = None;
        let mut wrong = |o: &NamedOption, needs: &str| {
            let message = format!("`{}=` needs {needs}, not `{}`", o.name.node, o.value.node);
            let d = Diagnostic::error("SPL2002", o.value.span, message);
            found.push(d.label(format!("expected {needs}")));
        };
        let mut refused = Vec::new();
        for o in &m.options {
            let text = o.value.node.to_ascii_lowercase();
            let truth = match text.as_str() {
                "true" | "t" | "1" | "yes" | "y" => Some(true),
                "false" | "f" | "0" | "no" | "n" => Some(false),
                _ => None,
            };
            let whole = text.parse::<u64>().is_ok();
            match (o.name.node.trim_start_matches("chart."), truth) {
                ("fillnull_value", _) => out.fill = Some(o.value.node.clone()),
                ("every", _) => match &m.span {
                    Some(span) if !span.node.eq_ignore_ascii_case("auto") => {
                        out.every = Some((o.value.clone(), span.clone()));
                    }
                    _ => refused.push(
                        Diagnostic::error("SPL2464", o.span, "`every=` needs a span")
                            .label("no span to read")
                            .help("such as `span=10s every=1h`"),
                    ),
                },
                ("chunk_size" | "update_period", _) if !whole => wrong(o, "a whole number"),
                ("nullstr" | "otherstr" | "agg" | "limit" | "chunk_size" | "update_period", _) => {}
                (_, None) => wrong(o, "true or false"),
                ("chart", Some(chart)) => out.chart = chart,
                ("prestats", Some(on)) => out.prestats = on,
                ("append", Some(on)) => (out.append, append) = (on, Some(o.span)),
                _ => {}
            }
        }
        found.append(&mut refused);
        if out.append && !out.prestats {
            found.extend(append.map(tstats::append_alone));
        }
        // the page: "The mstats charting mode is valid only when prestats=f"
        if let Some(chart) = m.options.iter().find(|o| o.name.node == "chart")
            && out.chart
            && out.prestats
        {
            let d = Diagnostic::error("SPL2344", chart.span, "chart=true goes without prestats");
            found.push(d.label("valid only with prestats=false"));
        }
        if found.is_empty() { Ok(out) } else { Err(found) }
    }
}

fn by_fields(m: &Mstats) -> Result<Vec<Field>, Vec<Diagnostic>> {
    let mut by: Vec<Field> = Vec::new();
    for f in &m.by {
        match f {
            ByField::Prefix(p) => {
                let d = Diagnostic::error("SPL2460", p.span, "PREFIX() is for tstats only");
                return Err(vec![d.label("no dimension")]);
            }
            ByField::Field(f) if f.node == "_time" => {
                let d = Diagnostic::error("SPL2460", f.span, "mstats does not group by _time");
                return Err(vec![d.label("not a dimension").help("give it `span=`")]);
            }
            ByField::Field(f) if !by.contains(f) => by.push(f.clone()),
            ByField::Field(_) => {}
        }
    }
    Ok(by)
}

/// Whether the aggregates are over the measurements of all metrics, not over named metrics.
fn of_values(m: &Mstats) -> Result<bool, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let (mut values, mut named) = (None, None);
    for a in &m.aggregates {
        match &a.argument {
            AggregateArgument::Field(f) if f.node == VALUE => values = Some(a.span),
            AggregateArgument::Field(_) => named = Some(a.span),
            AggregateArgument::None if matches!(a.function.node.as_str(), "count" | "c") => {
                values = Some(a.span);
            }
            _ => found.push(
                Diagnostic::error("SPL2460", a.span, "mstats aggregates metrics, or _value")
                    .label("expected a metric's name")
                    .help("such as `avg(cpu.usr)`, or `avg(_value) WHERE metric_name=cpu.usr`"),
            ),
        }
    }
    if let (Some(at), Some(_)) = (values, named) {
        found.push(
            Diagnostic::error("SPL2461", at, "mstats takes metrics by name or _value, not both")
                .label("over the measurements of all metrics")
                .help("name the metric here too, or search twice and use `append`"),
        );
    }
    if found.is_empty() { Ok(values.is_some()) } else { Err(found) }
}

/// `count` is the number of measurements.
fn count_values(a: &mut Aggregate) {
    if matches!(a.argument, AggregateArgument::None) {
        a.argument = AggregateArgument::Field(Spanned::new(VALUE.to_owned(), a.span));
    }
}

/// Lets the aggregate read the field of its metric and keeps its name; gives the field.
fn to_measure(a: &mut Aggregate) -> Option<String> {
    let AggregateArgument::Field(f) = &mut a.argument else { return None };
    let field = format!("{METRIC}:{}", f.node);
    if a.alias.is_none() {
        let head = a.text.split('(').next().unwrap_or_default();
        a.alias = Some(Spanned::new(format!("{head}({})", f.node), a.span));
    }
    f.node.clone_from(&field);
    Some(field)
}

fn is_of_series(a: &Aggregate) -> bool {
    OF_SERIES.contains(&a.function.node.as_str())
}

/// Lets an aggregate of time series read the points that [`TimeSeries`] makes of its field; gives
/// the field.
fn to_points(a: &mut Aggregate) -> Option<String> {
    if !is_of_series(a) {
        return None;
    }
    let AggregateArgument::Field(f) = &mut a.argument else { return None };
    let field = f.node.clone();
    if a.alias.is_none() {
        a.alias = Some(Spanned::new(a.text.clone(), a.span));
    }
    f.node = format!("{POINTS}{field}");
    Some(field)
}

/// Where metrics are named, `metric_name` is no dimension.
fn check_named(m: &Mstats, by: &[Field]) -> Result<(), Vec<Diagnostic>> {
    let in_filter = m.filter.as_ref().and_then(|f| find(f, &|f| f.node == METRIC));
    let in_by = by.iter().find(|f| f.node == METRIC).map(|f| f.span);
    match in_filter.or(in_by) {
        None => Ok(()),
        Some(at) => Err(vec![
            Diagnostic::error("SPL2462", at, "the aggregates name the metrics already")
                .label("metric_name goes with aggregates of _value")
                .help("such as `avg(_value) WHERE metric_name=cpu.*`"),
        ]),
    }
}

/// Where the condition has a word, a phrase, or `TERM()` and the like; `*` is none.
fn word(e: &SearchExpr) -> Option<Span> {
    match e {
        SearchExpr::And(es) | SearchExpr::Or(es) => es.iter().find_map(word),
        SearchExpr::Not(e) => word(e),
        SearchExpr::Term(t) => (t.text != "*").then_some(t.span),
        SearchExpr::Compare { value, .. } => (value.kind != TermKind::Plain).then_some(value.span),
        SearchExpr::Call(e) => Some(e.span),
        _ => None,
    }
}

/// Where the condition compares a field of which `is` holds.
fn find(e: &SearchExpr, is: &dyn Fn(&Field) -> bool) -> Option<Span> {
    match e {
        SearchExpr::And(es) | SearchExpr::Or(es) => es.iter().find_map(|e| find(e, is)),
        SearchExpr::Not(e) => find(e, is),
        SearchExpr::Compare { field, .. }
        | SearchExpr::In { field, .. }
        | SearchExpr::CompareSubsearch { field, .. }
        | SearchExpr::InSubsearch { field, .. } => is(field).then_some(field.span),
        _ => None,
    }
}

/// The conditions on events, and those on single measurements.
fn split(e: Option<&SearchExpr>, now: &mut Vec<SearchExpr>, later: &mut Vec<SearchExpr>) {
    match e {
        Some(SearchExpr::And(es)) => es.iter().for_each(|e| split(Some(e), now, later)),
        Some(e) => match find(e, &|f| f.node == METRIC || f.node == VALUE) {
            Some(_) => later.push(e.clone()),
            None => now.push(e.clone()),
        },
        None => {}
    }
}

fn taken(a: &Aggregate) -> Option<Diagnostic> {
    let name = a.alias.as_ref().filter(|n| n.node == "_time")?;
    let d = Diagnostic::error("SPL2017", name.span, "two columns would be named _time");
    Some(d.label("already taken").help("give this one another name with AS"))
}

/// `chart=true`: a timechart where there is a span, else a chart.
fn charted(
    m: &Mstats,
    aggregates: Vec<Aggregate>,
    by: Vec<Field>,
    every: &Option<(Spanned<String>, Spanned<String>)>,
    stage: &Stage,
    cx: &PlanCx,
) -> Result<Op, Vec<Diagnostic>> {
    let timed = m.span.is_some();
    let (least, most) = if timed { (0, 1) } else { (1, 2) };
    if by.len() < least || by.len() > most {
        let at = by.last().map_or(stage.name.span, |f| f.span);
        let message = "a chart without span needs one or two BY fields, with span at most one";
        return Err(vec![Diagnostic::error("SPL2465", at, message)]);
    }
    let mut axes = by.iter().map(|f| Axis { field: f.clone(), bins: Vec::new() });
    let row = if timed { None } else { axes.next() };
    let mut c = Chart {
        stats: Stats { options: Vec::new(), aggregates, by: by.clone(), dedup_splitvals: None },
        computed: Vec::new(),
        row,
        column: axes.next(),
        time_bins: Vec::new(),
        options: Vec::new(),
        agg: None,
        filter: None,
    };
    let bin = every.as_ref().map(|(every, _)| every).or(m.span.as_ref());
    if let Some(bin) = bin.filter(|s| !s.node.eq_ignore_ascii_case("auto")) {
        let name = Spanned::new("span".to_owned(), bin.span);
        c.time_bins.push(NamedOption { name, value: bin.clone(), span: bin.span });
    }
    for o in &m.options {
        let name = o.name.node.trim_start_matches("chart.");
        match name {
            "agg" => c.agg = Some(agg(o)?),
            "limit" | "usenull" | "useother" | "nullstr" | "otherstr" => {
                let name = Spanned::new(name.to_owned(), o.name.span);
                c.options.push(NamedOption { name, ..o.clone() });
            }
            _ => {}
        }
    }
    let stage = Stage { command: Command::Chart(Box::new(c)), ..stage.clone() };
    chart::plan(&stage, cx, timed)
}

/// `chart.agg=max`
fn agg(o: &NamedOption) -> Result<Aggregate, Vec<Diagnostic>> {
    let text = o.value.node.trim_matches(['(', ')']).to_ascii_lowercase();
    let (function, percentile) = sepal_parser::commands::stats::split_percentile(&text);
    Ok(Aggregate {
        function: Spanned::new(function.to_owned(), o.value.span),
        percentile: percentile.map(str::to_owned),
        argument: AggregateArgument::None,
        alias: None,
        text: text.clone(),
        span: o.value.span,
    })
}
