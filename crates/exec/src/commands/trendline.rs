//! `trendline`: moving averages.

use super::{Class, CommandSpec, Flow, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;
use sepal_parser::commands::trendline::TrendKind;
use std::collections::VecDeque;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "trendline",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Adds moving averages over the rows: simple, exponential or weighted.",
        syntax: "trendline (sma|ema|wma)<period>(<field>) [AS <newfield>]...",
        details: "sma is the mean of the last `period` (2 to 10,000) values; wma weighs the latest \
                  with `period`, the one before with one less, and so on; ema(t) = alpha * ema(t-1) \
                  + (1 - alpha) * field(t) with alpha = 2 / (period + 1), beginning with the first \
                  value. The first period-1 rows get no value. Rows without a number in the field \
                  do not count.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/trendline",
        examples: &[CommandExample {
            title: "the mean of two values",
            search: "* | reverse | trendline sma2(n) AS smooth | table n smooth",
            events: r#"{"n":7}
{"n":3}
{"n":1}"#,
            rows: r#"{"n":1}
{"n":3,"smooth":2}
{"n":7,"smooth":5}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Trendline(t) => {
            let one = |t: &sepal_parser::commands::trendline::Trend| Trend {
                kind: t.kind,
                period: t.period,
                field: FieldName::new(&t.field.node),
                target: FieldName::new(&t.target.node),
            };
            Ok(Op::Ordered(Box::new(Trendline(t.trends.iter().map(one).collect()))))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Trend {
    kind: TrendKind,
    period: usize,
    field: FieldName,
    target: FieldName,
}

struct Trendline(Arc<[Trend]>);

impl Operator for Trendline {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        self.0.iter().for_each(|t| after.remove(&t.target));
        self.0.iter().for_each(|t| after.insert(&t.field));
        after
    }
}

impl Ordered for Trendline {
    fn start(&self) -> Box<dyn OrderedRun> {
        let state = |_: &Trend| State::default();
        Box::new(Run { trends: Arc::clone(&self.0), states: self.0.iter().map(state).collect() })
    }
}

#[derive(Default)]
struct State {
    window: VecDeque<f64>,
    ema: Option<f64>,
    seen: usize,
}

struct Run {
    trends: Arc<[Trend]>,
    states: Vec<State>,
}

impl State {
    /// Takes in a value; the average once there are enough of them.
    fn next(&mut self, trend: &Trend, n: f64) -> Value {
        let period = trend.period as f64;
        if trend.kind == TrendKind::Ema {
            // Source: the page, which weighs the past with alpha and not the other way round
            let alpha = 2.0 / (period + 1.0);
            let ema = self.ema.map_or(n, |before| alpha * before + (1.0 - alpha) * n);
            self.ema = Some(ema);
            self.seen = self.seen.saturating_add(1);
            return if self.seen < trend.period { Value::Null } else { Value::Num(ema) };
        }
        self.window.push_back(n);
        if self.window.len() > trend.period {
            self.window.pop_front();
        }
        if self.window.len() < trend.period {
            return Value::Null;
        }
        // summed anew for each row: a running sum would gather rounding errors
        Value::Num(match trend.kind {
            TrendKind::Wma => {
                let sum: f64 = (1..).zip(&self.window).map(|(w, n)| f64::from(w) * n).sum();
                sum / (period * (period + 1.0) / 2.0)
            }
            _ => self.window.iter().sum::<f64>() / period,
        })
    }
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        cx: &RunCx,
    ) -> Result<Flow, RunError> {
        cx.check_stop()?;
        for (trend, state) in self.trends.iter().zip(&mut self.states) {
            let one = |row| match batch.get(&trend.field, row).number() {
                Some(n) => state.next(trend, n),
                None => Value::Null,
            };
            let values = (0..batch.len).map(one).collect();
            batch.set(trend.target.clone(), Col::Values(values));
        }
        out.push(batch);
        Ok(Flow::More)
    }
}
