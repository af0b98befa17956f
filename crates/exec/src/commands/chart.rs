//! `chart` (also `sichart`): a table of aggregates by the values of one or two fields.

mod axis;
mod run;
mod series;

use super::bin::TimeRange;
use super::stats::StatsPlan;
use super::{Class, CommandSpec, Op, Operator, Partial, PartialRun};
use crate::aggregates::{Aggregate, OF_SERIES};
use crate::doc::{CommandDoc, CommandExample};
use crate::eval::Program;
use crate::plan::PlanCx;
use axis::Axis;
use sepal_data::FieldName;
use sepal_data::fieldset::FieldSet;
use sepal_data::time::Modifier;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Spanned, Stage};
use sepal_parser::commands::Command;
use sepal_parser::commands::chart::{Axis as AxisSyntax, Chart as Syntax};
use sepal_parser::commands::stats::{Aggregate as AggregateSyntax, AggregateArgument};
use series::Choice;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "chart",
    aliases: &["sichart"],
    class: Class::Partial,
    doc: CommandDoc {
        summary: "Makes a table of aggregates: a row for each value of one field, a column for each of another.",
        syntax: "chart [agg=<stats-func>] [limit=[top|bottom]<int>] [cont=<bool>] [sep=<string>] \
                 [format=<string>] <stats-func>(<wc-field>|eval(<expr>)) [AS <wc-field>]... \
                 [eval(<expr over aggregates>) [AS <field>]]... [OVER <row-field> [<bin-options>]] [BY <row-field> [<bin-options>] <column-field> \
                 [<bin-options>] [usenull=<bool>] [useother=<bool>] [nullstr=<string>] \
                 [otherstr=<string>] [where <stats-func> (in|notin) (top|bottom)<int> | (<|>) <num>]] \
                 [dedup_splitvals=<bool>]",
        details: "OVER a BY b and BY a b are the same. Of more than 10 columns (limit=; 0 = all) \
                  those with the largest sum stay, or those with the most events where there are \
                  several aggregates; agg= names another function, a where clause another rule. \
                  The rest goes into OTHER, events without the column's field into NULL. With \
                  several aggregates columns are called `aggregate: value`, or as sep or format \
                  ($AGG$, $VAL$) say. Numbers are put into bins only where a bin option (span, \
                  bins, minspan, start, end, aligntime) is given; cont=true then shows bins \
                  without events.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/chart",
        examples: &[CommandExample {
            title: "a row for each host, a column for each status",
            search: "* | chart count OVER host BY status",
            events: r#"{"host":"a","status":200}
{"host":"a","status":404}
{"host":"b","status":200}
{"host":"b"}"#,
            rows: r#"{"host":"a","200":1,"404":1,"NULL":0}
{"host":"b","200":1,"404":0,"NULL":1}"#,
        }],
    },
    plan: |stage, cx| plan(stage, cx, false),
};

/// A planned chart.
pub(super) struct Plan {
    stats: Arc<StatsPlan>,
    row: Option<Axis>,
    column: Option<Axis>,
    choice: Choice,
    usenull: bool,
    useother: bool,
    nullstr: String,
    otherstr: String,
    /// The name of a column, with `$AGG$` and `$VAL$`.
    format: String,
    /// Shows bins without rows.
    cont: bool,
    /// Shows a first and last bin that the time range does not cover.
    partial: bool,
    /// Whether the time range of the search counts, not only that of the events.
    fixed: bool,
    /// The time range as written in the search.
    range: (Option<Modifier>, Option<Modifier>),
    /// Expressions over aggregates: name, place, expression.
    computed: Vec<(FieldName, usize, Program)>,
    /// `per_hour(x)` and the like: the aggregate's name, seconds.
    rates: Vec<(FieldName, f64)>,
}

/// The count of rows that columns are chosen by where there are several aggregates.
const FREQUENCY: &str = "\u{1}frequency";

/// Plans `chart` and `timechart`.
pub(super) fn plan(stage: &Stage, cx: &PlanCx, timechart: bool) -> Result<Op, Vec<Diagnostic>> {
    let Command::Chart(c) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let mut diagnostics = Vec::new();
    let mut syntax = c.stats.clone();
    syntax.aggregates.extend(c.computed.iter().flat_map(|c| c.aggregates.iter().cloned()));
    let rates =
        if timechart { rates(&mut syntax.aggregates, &mut diagnostics) } else { Vec::new() };
    let range = range(cx);
    let row = match (timechart, &c.row) {
        (true, _) => {
            let field = Spanned::new("_time".to_owned(), stage.name.span);
            syntax.by.insert(0, field.clone());
            let row = AxisSyntax { field, bins: c.time_bins.clone() };
            Axis::new(&row, "\u{1}row", true, &range).map(Some)
        }
        (false, Some(row)) => Axis::new(row, "\u{1}row", false, &range).map(Some),
        (false, None) => Ok(None),
    };
    let column = c.column.as_ref().map(|a| Axis::new(a, "\u{1}column", false, &range)).transpose();
    // the columns' field is no column itself: an aggregate may have its name
    if let Some(column) = &c.column {
        syntax.by.pop();
        diagnostics.extend(super::refuse_wildcards(stage, std::slice::from_ref(&column.field)));
    }
    let choice = Choice::new(c, &mut diagnostics);
    let mut stats = StatsPlan::new(&syntax).map_err(|ds| diagnostics.extend(ds)).ok();
    let asked = c.stats.aggregates.len() + c.computed.len();
    if c.column.is_some() && (asked != 1 || stats.as_ref().is_some_and(|s| !s.wild.is_empty())) {
        syntax.aggregates.push(AggregateSyntax {
            function: Spanned::new("count".to_owned(), stage.span),
            percentile: None,
            argument: AggregateArgument::None,
            alias: Some(Spanned::new(FREQUENCY.to_owned(), stage.span)),
            text: "count".to_owned(),
            span: stage.span,
        });
        stats = StatsPlan::new(&syntax).map_err(|ds| diagnostics.extend(ds)).ok();
    }
    let computed = computed(c, &mut diagnostics);
    let row = row.map_err(|ds| diagnostics.extend(ds)).unwrap_or(None);
    let column = column.map_err(|ds| diagnostics.extend(ds)).unwrap_or(None);
    let (Some(mut stats), true) = (stats, diagnostics.is_empty()) else { return Err(diagnostics) };
    stats.over_prestats(&stage.name, cx)?;
    stats.by.extend(column.iter().map(|a| a.field.clone()));
    stats.keys = row.iter().chain(&column).map(|a| a.key.clone()).collect();
    stats.keep_null = column.is_some();
    stats.needs_order |= row.iter().chain(&column).any(|a| a.time);
    let mut plan = Plan {
        stats: Arc::new(stats),
        row,
        column,
        choice,
        usenull: true,
        useother: true,
        nullstr: "NULL".to_owned(),
        otherstr: "OTHER".to_owned(),
        format: "$AGG$: $VAL$".to_owned(),
        cont: true,
        partial: true,
        fixed: timechart,
        range,
        computed,
        rates,
    };
    options(c, &mut plan);
    Ok(Op::Partial(Box::new(Chart(Arc::new(plan)))))
}

fn options(c: &Syntax, plan: &mut Plan) {
    for o in &c.options {
        let text = &o.value.node;
        let yes = matches!(text.to_ascii_lowercase().as_str(), "true" | "t" | "1" | "yes" | "y");
        match o.name.node.as_str() {
            "usenull" => plan.usenull = yes,
            "useother" => plan.useother = yes,
            "nullstr" => plan.nullstr = text.clone(),
            "otherstr" => plan.otherstr = text.clone(),
            "cont" => plan.cont = yes,
            "partial" => plan.partial = yes,
            "fixedrange" => plan.fixed &= yes,
            "sep" if !c.options.iter().any(|o| o.name.node == "format") => {
                plan.format = format!("$AGG${text}$VAL$");
            }
            "format" => plan.format = text.clone(),
            _ => {}
        }
    }
}

/// Compiles the expressions over aggregates.
fn computed(c: &Syntax, diagnostics: &mut Vec<Diagnostic>) -> Vec<(FieldName, usize, Program)> {
    let mut taken: Vec<&str> = c.row.iter().map(|r| r.field.node.as_str()).collect();
    for a in &c.stats.aggregates {
        taken.push(a.alias.as_ref().map_or(a.text.as_str(), |f| f.node.as_str()));
    }
    let mut out = Vec::new();
    for c in &c.computed {
        if taken.contains(&c.target.node.as_str()) {
            let message = format!("two columns would be named {}", c.target.node);
            diagnostics
                .push(Diagnostic::error("SPL2017", c.target.span, message).label("already taken"));
        }
        taken.push(&c.target.node);
        if c.aggregates.is_empty() {
            let message = "an expression of a chart needs an aggregate";
            diagnostics.push(
                Diagnostic::error("SPL2243", c.target.span, message)
                    .help("such as `eval(avg(size)/max(delay)) AS ratio`"),
            );
            continue;
        }
        match Program::compile(&c.expr) {
            Ok(program) => out.push((FieldName::new(&c.target.node), c.at, program)),
            Err(ds) => diagnostics.extend(ds),
        }
    }
    out
}

/// The time range that the search itself is restricted to.
pub(super) fn range(cx: &PlanCx) -> TimeRange {
    let find = |names: [&str; 2]| {
        let m = cx.time.iter().rev().find(|m| names.contains(&m.key.node.as_str()))?;
        sepal_data::time::parse_modifier(&m.value.node).ok()
    };
    (find(["earliest", "starttime"]), find(["latest", "endtime"]))
}

/// Turns `per_hour(x)` into `sum(x)`; the sums are divided in the end.
fn rates(
    aggregates: &mut [AggregateSyntax],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(FieldName, f64)> {
    let mut rates = Vec::new();
    for a in aggregates {
        let seconds = match a.function.node.as_str() {
            "per_second" => 1.0,
            "per_minute" => 60.0,
            "per_hour" => 3_600.0,
            "per_day" => 86_400.0,
            _ => continue,
        };
        match &a.argument {
            AggregateArgument::Field(f) if !f.node.contains('*') => {}
            AggregateArgument::Eval(_) => {}
            _ => {
                let message = format!("`{}` needs one field", a.function.node);
                diagnostics
                    .push(Diagnostic::error("SPL2243", a.span, message).label("name the field"));
                continue;
            }
        }
        a.function.node = "sum".to_owned();
        let name = a.alias.as_ref().map_or(a.text.as_str(), |f| f.node.as_str());
        rates.push((FieldName::new(name), seconds));
    }
    rates
}

/// The function of `agg=` or of a where clause: it is taken of a column of the chart.
fn judge(a: &AggregateSyntax, diagnostics: &mut Vec<Diagnostic>) -> Option<Aggregate> {
    let found = Aggregate::resolve(&a.function.node, a.percentile.as_deref(), true);
    let wrong =
        matches!(a.argument, AggregateArgument::Eval(_) | AggregateArgument::Sparkline { .. });
    match found {
        Ok(found) if !wrong && !OF_SERIES.contains(&found.spec.name) => Some(found),
        _ => {
            let message = format!("`{}` cannot choose columns", a.text);
            diagnostics.push(
                Diagnostic::error("SPL2244", a.span, message)
                    .label("expected a function such as sum, max or avg"),
            );
            None
        }
    }
}

struct Chart(Arc<Plan>);

impl Operator for Chart {
    fn needed(&self, _: FieldSet) -> FieldSet {
        self.0.stats.needed()
    }
    fn describe(&self) -> String {
        let axis = |a: &Option<Axis>, what: &str| {
            a.as_ref().map(|a| format!("{what} by {}", a.field)).unwrap_or_default()
        };
        let (rows, columns) = (axis(&self.0.row, "rows"), axis(&self.0.column, ", columns"));
        format!("{rows}{columns}")
    }
}

impl Partial for Chart {
    fn start(&self) -> Box<dyn PartialRun> {
        Box::new(run::Run::new(Arc::clone(&self.0)))
    }
    fn needs_order(&self) -> bool {
        self.0.stats.needs_order
    }
}
