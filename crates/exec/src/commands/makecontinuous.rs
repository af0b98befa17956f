//! `makecontinuous`: adds the rows that are missing between the bins of a field.

use super::bin::width::{Range, Width};
use super::bin::{Bins, MAX_BINS};
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::Command;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "makecontinuous",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Puts a field into bins and adds a row for each bin that has none.",
        syntax: "makecontinuous [<field>] [span=<log-span>|<span-length>] [bins=<int>] \
                 [minspan=<span-length>] [start=<num>] [end=<num>] [aligntime=<time-specifier>]",
        details: "The field (_time) becomes the beginning of its bin, a number; bins are chosen as \
                  by `bin`. Rows come in the order of their bins, those of one bin in the order \
                  that they had, those without a number at the end. An added row has nothing but \
                  the field. start and end widen the range.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/makecontinuous",
        examples: &[CommandExample {
            title: "a row for each number",
            search: "* | stats count BY n | makecontinuous n span=1",
            events: r#"{"n":1}
{"n":4}"#,
            rows: r#"{"n":1,"count":1}
{"n":2}
{"n":3}
{"n":4,"count":1}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Makecontinuous(m) => {
            let field = FieldName::new(m.field.as_ref().map_or("_time", |f| f.node.as_str()));
            let bins = Bins::new(&m.options, field == "_time", &super::chart::range(cx))?;
            Ok(Op::Ordered(Box::new(Makecontinuous(Arc::new(Plan { field, bins })))))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// The notice of bins without rows that are too many.
const TOO_MANY_BINS: &str = "SPL3160";

struct Plan {
    field: FieldName,
    bins: Bins,
}

struct Makecontinuous(Arc<Plan>);

impl Operator for Makecontinuous {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert(&self.0.field);
        after
    }
}

impl Ordered for Makecontinuous {
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
        let mut rows = std::mem::take(&mut self.rows);
        let (field, bins) = (&self.plan.field, &self.plan.bins);
        let number = |rows: &Batch, row| rows.get(field, row).number().filter(|n| n.is_finite());
        let numbers: Vec<f64> = (0..rows.len).filter_map(|r| number(&rows, r)).collect();
        let (from, to) = bins.ends();
        let least = numbers.iter().copied().chain(from).fold(f64::INFINITY, f64::min);
        let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let range =
            (!numbers.is_empty()).then(|| Range::new(least, to.map_or(most, |t| t.max(most))));
        let Some(width) = bins.width(range, *field == "_time", cx).filter(|_| rows.len > 0) else {
            give(rows)?;
            return Ok(());
        };
        let align = bins.align(cx);
        let bin = |n: f64| width.bin(n, cx.host.time_zone(), align);
        let starts: Vec<Option<f64>> = (0..rows.len)
            .map(|r| number(&rows, r).and_then(bin).map(|b| b.rounded_start()))
            .collect();
        for (cell, start) in rows.values_mut(field).iter_mut().zip(&starts) {
            if let Some(start) = start {
                *cell = Value::Num(*start);
            }
        }
        let mut order: Vec<(f64, usize)> = starts
            .iter()
            .enumerate()
            .map(|(row, start)| (start.unwrap_or(f64::INFINITY), row))
            .collect();
        let before = rows.len;
        if range.is_some() {
            let missing = missing(&width, &starts, least, most, to, bin, cx);
            let mut added = Batch::with_len(missing.len());
            order.extend(missing.iter().enumerate().map(|(i, n)| (*n, before + i)));
            let values = missing.into_iter().map(Value::Num).collect();
            added.set(field.clone(), sepal_data::Col::Values(values));
            rows.append(added);
        }
        order.sort_by(|(a, x), (b, y)| a.total_cmp(b).then(x.cmp(y)));
        let order: Vec<usize> = order.into_iter().map(|(_, row)| row).collect();
        give(rows.take(&order))?;
        Ok(())
    }
}

/// The beginnings of the bins that no row is in.
fn missing(
    width: &Width,
    starts: &[Option<f64>],
    least: f64,
    most: f64,
    to: Option<f64>,
    bin: impl Fn(f64) -> Option<Range>,
    cx: &RunCx,
) -> Vec<f64> {
    let mut taken: Vec<f64> = starts.iter().flatten().copied().collect();
    taken.sort_by(f64::total_cmp);
    let mut missing = Vec::new();
    // the first bin of a logarithm has no bin below it that begins at 0
    let first =
        if matches!(width, Width::Log { .. }) { taken.first().copied() } else { Some(least) };
    let Some(mut at) = first.and_then(&bin) else { return missing };
    let mut count = 0u32;
    while at.start <= most || to.is_some_and(|to| at.start < to) {
        let start = at.rounded_start();
        if taken.binary_search_by(|t| t.total_cmp(&start)).is_err() {
            missing.push(start);
        }
        count += 1;
        if count > MAX_BINS {
            let message = format!("more than {MAX_BINS} bins: those without events are left out");
            cx.notice(TOO_MANY_BINS, message, true);
            return Vec::new();
        }
        match bin(at.end) {
            Some(next) if next.start > at.start => at = next,
            _ => break,
        }
    }
    missing
}
