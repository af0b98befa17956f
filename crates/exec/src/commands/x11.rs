//! `x11`: a series of numbers without what returns in each period.

mod filters;

use self::filters::{centred, henderson, seasonal};
use super::predict::{not_periodic, numbers, period, too_many};
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "x11",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Takes out of a series of numbers what returns in each period.",
        syntax: "x11 [add|mult][<period>](<field>) [AS <newfield>]",
        details: "mult, the default, divides the numbers by the seasons, add subtracts them. The \
                  period is 5 to 1,000 rows; without it, it is looked for in the numbers. The \
                  result is in mult7(FIELD), as typed, or behind AS. Seasons are those of X11: \
                  ratios to (with add: differences from) a centred moving average, averaged over \
                  the periods by 3x3 terms, then the same with a Henderson trend and 3x5 terms; \
                  with fewer than five periods by their mean. Extreme values are not replaced. \
                  Which filters Splunk uses is not documented, which a notice tells. There must be \
                  two periods of numbers. A row without a number gets none, and counts as on the \
                  line between its neighbours. mult refuses negative numbers; where a season \
                  is 0 there is no result.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/x11",
        examples: &[CommandExample {
            title: "a first day of five that has 5 more",
            search: "* | x11 add5(n) AS trend | table n trend",
            events: r#"{"n":15}
{"n":10}
{"n":10}
{"n":10}
{"n":10}
{"n":15}
{"n":10}
{"n":10}
{"n":10}
{"n":10}"#,
            rows: r#"{"n":15,"trend":11}
{"n":10,"trend":11}
{"n":10,"trend":11}
{"n":10,"trend":11}
{"n":10,"trend":11}
{"n":15,"trend":11}
{"n":10,"trend":11}
{"n":10,"trend":11}
{"n":10,"trend":11}
{"n":10,"trend":11}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::X11(x) => Ok(Op::Ordered(Box::new(Plan(Arc::new(Settings {
            multiplies: x.multiplies,
            period: x.period,
            field: FieldName::new(&x.field.node),
            target: FieldName::new(&x.target.node),
        }))))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Most rows that are looked at, as `predict` does.
const MOST_ROWS: usize = 200_000;

struct Settings {
    multiplies: bool,
    period: Option<usize>,
    field: FieldName,
    target: FieldName,
}

struct Plan(Arc<Settings>);

impl Operator for Plan {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.remove(&self.0.target);
        after.insert(&self.0.field);
        after
    }
}

impl Ordered for Plan {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: Arc::clone(&self.0), rows: Batch::default() })
    }
}

struct Run {
    plan: Arc<Settings>,
    rows: Batch,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.rows.append(batch);
        if self.rows.len > MOST_ROWS {
            return Err(too_many("x11"));
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let mut rows = std::mem::take(&mut self.rows);
        if rows.len == 0 {
            return Ok(());
        }
        let plan = &self.plan;
        let series = numbers(&rows, &plan.field);
        let text = "`x11`: which filters Splunk uses is not documented; its numbers may be others";
        cx.notice("SPL3361", text, true);
        let found = || period::period(&series, 5, 1000);
        let period = plan.period.or_else(found);
        let period = period.ok_or_else(|| not_periodic("x11", &plan.field))?;
        let count = series.iter().flatten().count();
        if count < 2 * period {
            let text = format!(
                "`x11` needs two periods, {} numbers of `{}`, and there are {count}",
                2 * period,
                plan.field
            );
            return Err(RunError::failed("SPL3356", text));
        }
        if plan.multiplies && series.iter().flatten().any(|n| *n < 0.0) {
            let text = format!("`x11`: `{}` has negative numbers: use add", plan.field);
            return Err(RunError::failed("SPL3362", text));
        }
        let kind = if plan.multiplies { Kind::Times } else { Kind::Plus };
        let adjusted = adjust(&filled(&series), period, kind, cx)?;
        let value = |(n, a): (&Option<f64>, f64)| match n {
            Some(_) if a.is_finite() => Value::Num(a),
            _ => Value::Null,
        };
        let values = series.iter().zip(adjusted).map(value).collect();
        rows.set(plan.target.clone(), Col::Values(values));
        give(rows)?;
        Ok(())
    }
}

/// Missing numbers on the line between their neighbours; at the ends as the next one.
fn filled(series: &[Option<f64>]) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::with_capacity(series.len());
    let mut gap = 0;
    for number in series {
        let Some(n) = number else {
            gap += 1;
            continue;
        };
        let before = out.last().copied().unwrap_or(*n);
        let step = (n - before) / (f64::from(gap) + 1.0);
        out.extend((1..=gap).map(|i| before + step * f64::from(i)));
        out.push(*n);
        gap = 0;
    }
    let last = out.last().copied().unwrap_or_default();
    out.resize(series.len(), last);
    out
}

/// How trend and seasons make up the numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Times,
    Plus,
}

impl Kind {
    /// `numbers` without `part`.
    fn without(self, numbers: &[f64], part: &[f64]) -> Vec<f64> {
        let one = |(n, p): (&f64, &f64)| match self {
            Kind::Times => n / p,
            Kind::Plus => n - p,
        };
        numbers.iter().zip(part).map(one).collect()
    }
}

/// The seasons: what is left of the numbers without the trend, averaged by `terms` over the
/// periods, and without their own mean over a period. The trend has a value for each number from
/// `from` on.
fn seasons(
    (series, trend, from): (&[f64], &[f64], usize),
    period: usize,
    terms: filters::Terms,
    kind: Kind,
) -> Vec<f64> {
    let mut rest = kind.without(series.get(from..).unwrap_or_default(), trend);
    // a trend of 0 says nothing about the season
    rest.iter_mut().filter(|n| !n.is_finite()).for_each(|n| *n = 1.0);
    let all = seasonal(&rest, from, series.len(), period, terms);
    let (mean, from) = centred(&all, period);
    let last = mean.len().saturating_sub(1);
    let near = |t: usize| mean.get(t.saturating_sub(from).min(last)).copied();
    let mean: Vec<f64> = (0..all.len()).map(|t| near(t).unwrap_or(f64::NAN)).collect();
    kind.without(&all, &mean)
}

/// The numbers without the seasons.
fn adjust(series: &[f64], period: usize, kind: Kind, cx: &RunCx) -> Result<Vec<f64>, RunError> {
    let (trend, from) = centred(series, period);
    let first = seasons((series, &trend, from), period, filters::Terms::ThreeThree, kind);
    let mut adjusted = kind.without(series, &first);
    // where a season is 0 the number says nothing about the trend
    let last = trend.len().saturating_sub(1);
    for (t, a) in adjusted.iter_mut().enumerate().filter(|(_, a)| !a.is_finite()) {
        *a = trend.get(t.saturating_sub(from).min(last)).copied().unwrap_or_default();
    }
    cx.check_stop()?;
    let trend = henderson(&adjusted, period, cx)?;
    let second = seasons((series, &trend, 0), period, filters::Terms::ThreeFive, kind);
    Ok(kind.without(series, &second))
}
