//! `timewrap`: a column for each period of a time chart.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::time::calendar::shift;
use sepal_data::time::{Modifier, Time, TimeZone, Unit, parse_modifier, strftime};
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use sepal_parser::commands::timewrap::Series;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "timewrap",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Lays the periods of a time chart side by side: a column for each day, week or month.",
        syntax: "timewrap [<int>]<timescale> [align=now|end] [series=relative|exact|short] \
                 [time_format=<string>]",
        details: "Periods are counted back from latest= of the search, else from the end of the \
                  last row (align=now: from now). _time is that of the latest period. Columns are called \
                  latest_week, 1week_before, 2weeks_before; with series=short s0, s1; with \
                  series=exact by the beginning of the period in time_format (%Y-%m-%d). Where the \
                  chart has several columns their name stands in front: web_latest_week. The oldest \
                  comes first.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/timewrap",
        examples: &[CommandExample {
            title: "one day against the day before",
            search: "* | timechart span=12h count | timewrap 1day",
            events: r#"{"_time":1700136000}
{"_time":1700092800}
{"_time":1700006400}"#,
            rows: r#"{"_time":1700092800,"1day_before":1,"latest_day":1}
{"_time":1700136000,"1day_before":0,"latest_day":1}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Timewrap(t) => {
            let Some((count, unit)) = period(&t.span.node) else {
                return Err(vec![
                    Diagnostic::error("SPL2252", t.span.span, "this is no period")
                        .label("expected a period such as 1day, 2weeks or month"),
                ]);
            };
            let latest = ["latest", "endtime"];
            let latest = cx.time.iter().rev().find(|m| latest.contains(&m.key.node.as_str()));
            Ok(Op::Ordered(Box::new(Timewrap(Arc::new(Plan {
                count,
                unit,
                end: latest.and_then(|m| parse_modifier(&m.value.node).ok()),
                now: t.align_now,
                series: t.series,
                format: t.time_format.as_ref().map_or("%Y-%m-%d", |f| f.node.as_str()).to_owned(),
            })))))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// The most periods that are laid side by side.
const MAX_PERIODS: i64 = 10_000;

/// The notice of more periods than that.
const TOO_MANY_PERIODS: &str = "SPL3161";

/// `2weeks`, `d`.
fn period(text: &str) -> Option<(i64, Unit)> {
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(at);
    let count = if count.is_empty() { 1 } else { count.parse().ok()? };
    let unit = Unit::from_name(unit)?;
    let usual = name(unit).is_some() && (1..=100_000).contains(&count);
    usual.then_some((count, unit))
}

fn name(unit: Unit) -> Option<&'static str> {
    Some(match unit {
        Unit::Second => "second",
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Quarter => "quarter",
        Unit::Year => "year",
        _ => return None,
    })
}

struct Plan {
    count: i64,
    unit: Unit,
    end: Option<Modifier>,
    now: bool,
    series: Series,
    format: String,
}

impl Plan {
    /// The end of a period, `back` periods before the latest.
    fn edge(&self, end: Time, back: i64, tz: &TimeZone) -> Option<Time> {
        shift(end, back.checked_mul(self.count)?.checked_neg()?, self.unit, tz)
    }

    fn column(&self, prefix: &str, back: i64, start: Option<Time>, tz: &TimeZone) -> FieldName {
        let unit = name(self.unit).unwrap_or_default();
        let many = |n: i64| if n == 1 { unit.to_owned() } else { format!("{unit}s") };
        FieldName::new(match (self.series, start) {
            (Series::Short, _) => format!("{prefix}s{back}"),
            (Series::Exact, Some(start)) => {
                format!("{prefix}{}", strftime(start, &self.format, tz))
            }
            _ if back == 0 && self.count == 1 => format!("{prefix}latest_{unit}"),
            _ if back == 0 => format!("{prefix}latest_{}{}", self.count, many(self.count)),
            _ => {
                let n = back.saturating_mul(self.count);
                format!("{prefix}{n}{}_before", many(n))
            }
        })
    }
}

struct Timewrap(Arc<Plan>);

impl Operator for Timewrap {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::all()
    }
}

impl Ordered for Timewrap {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: Arc::clone(&self.0), rows: Batch::default() })
    }
}

struct Run {
    plan: Arc<Plan>,
    rows: Batch,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.rows.append(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let rows = std::mem::take(&mut self.rows);
        let (plan, tz) = (Arc::clone(&self.plan), cx.host.time_zone());
        let time = |row| rows.get("_time", row).number().and_then(Time::from_secs_f64);
        let times: Vec<(Time, usize)> =
            (0..rows.len).filter_map(|r| time(r).map(|t| (t, r))).collect();
        let Some(end) = end(&plan, &times, cx) else { return Ok(()) };
        let mut periods: BTreeSet<i64> = BTreeSet::new();
        // by the time in the latest period: the row of each period
        let mut table: BTreeMap<Time, IndexMap<i64, usize>> = BTreeMap::new();
        let latest = plan.edge(end, 1, tz);
        for (t, row) in times {
            let place = back(&plan, end, t, tz).and_then(|back| {
                let start = plan.edge(end, back.checked_add(1)?, tz)?;
                let past = t.as_micros().checked_sub(start.as_micros())?;
                Some((back, latest?.checked_add_micros(past)?))
            });
            match place {
                Some((back, at)) => {
                    periods.insert(back);
                    table.entry(at).or_default().insert(back, row);
                }
                None => cx.notice(
                    TOO_MANY_PERIODS,
                    format!("rows more than {MAX_PERIODS} periods back are left out"),
                    true,
                ),
            }
        }
        let mut wrapped = Batch::with_len(table.len());
        let seconds = |t: &Time| Value::Num(t.as_secs_f64());
        wrapped.set("_time", Col::Values(table.keys().map(seconds).collect()));
        let visible = || rows.cols.iter().filter(|(n, _)| !n.starts_with('_'));
        // Source: the page's names have no field in them; several columns must differ
        let several = visible().count() > 1;
        for (field, col) in visible() {
            let prefix = if several { format!("{field}_") } else { String::new() };
            for &back in periods.iter().rev() {
                let start = back.checked_add(1).and_then(|n| plan.edge(end, n, tz));
                let cell = |rows: &IndexMap<i64, usize>| {
                    rows.get(&back).map_or(Value::Null, |r| col.get(*r).clone())
                };
                let values = table.values().map(cell).collect();
                wrapped.set(plan.column(&prefix, back, start, tz), Col::Values(values));
            }
        }
        give(wrapped)?;
        Ok(())
    }
}

/// Where the latest period ends; none without rows.
fn end(plan: &Plan, times: &[(Time, usize)], cx: &RunCx) -> Option<Time> {
    let last = times.iter().map(|(t, _)| *t).max()?;
    if plan.now {
        return Some(cx.now().max(last.checked_add_micros(1)?));
    }
    let latest = plan.end.as_ref().and_then(|m| m.apply(cx.now(), cx.host.time_zone()));
    let latest = latest.or(cx.given_range().1);
    if let Some(latest) = latest.filter(|t| *t > last) {
        return Some(latest);
    }
    // the last row is as long as the shortest distance between two
    let mut sorted: Vec<i64> = times.iter().map(|(t, _)| t.as_micros()).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let steps = sorted.windows(2).filter_map(|w| w[1].checked_sub(w[0]));
    last.checked_add_micros(steps.min().unwrap_or(1_000_000))
}

/// How many periods before the latest a time is; none where that is too many.
fn back(plan: &Plan, end: Time, t: Time, tz: &TimeZone) -> Option<i64> {
    let starts_after = |n: i64| plan.edge(end, n + 1, tz).is_some_and(|start| start > t);
    let (mut low, mut high) = (0, MAX_PERIODS);
    if starts_after(high) || t >= end {
        return None;
    }
    while low < high {
        let middle = (low + high) / 2;
        match starts_after(middle) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    Some(low)
}
