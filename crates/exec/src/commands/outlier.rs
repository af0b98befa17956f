//! `outlier`: drops or cuts numbers far from the others.

use super::held::Held;
use super::{Class, CommandSpec, Flow, Give, Names, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value, number};
use sepal_parser::commands::{Command, outlier};
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "outlier",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Drops or cuts numbers that are far from the others of their field.",
        syntax: "outlier [action=remove|transform] [mark=<bool>] [param=<num>] [uselower=<bool>] \
                 [type=iqr] [<field-list>]",
        details: "A number is an outlier above the 75th percentile + param * IQR, and with \
                  uselower=true also below the 25th percentile - param * IQR; IQR is the distance \
                  of the two percentiles, param 2.5 by default. action=remove (rm) drops the rows; \
                  transform (tf), the default, puts the bound in the number's place, with mark=true \
                  with 000 in front. Without fields all that do not begin with _ are looked at; \
                  text does not count. Percentiles are those of perc25 and perc75.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/outlier",
        examples: &[CommandExample {
            title: "one is far too large",
            search: "* | outlier action=remove n | table n",
            events: r#"{"n":1}
{"n":2}
{"n":100}
{"n":2}
{"n":3}"#,
            rows: r#"{"n":1}
{"n":2}
{"n":2}
{"n":3}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Outlier(o) => Ok(planned(o)),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Source: the page, "param".
const PARAM: f64 = 2.5;

/// The operator of these options, also for `anomalydetection method=iqr`.
pub(super) fn planned(o: &outlier::Outlier) -> Op {
    Op::Ordered(Box::new(Outlier {
        remove: o.remove,
        mark: o.mark,
        param: o.param.unwrap_or(PARAM),
        uselower: o.uselower,
        names: (!o.fields.is_empty())
            .then(|| Arc::new(Names::new(o.fields.iter().map(|f| f.node.as_str())))),
    }))
}

#[derive(Clone)]
struct Outlier {
    remove: bool,
    mark: bool,
    param: f64,
    uselower: bool,
    names: Option<Arc<Names>>,
}

impl Operator for Outlier {
    fn needed(&self, after: FieldSet) -> FieldSet {
        with_names(after, self.names.as_deref())
    }
}

/// The set with the fields of the list, all where there is none.
pub(super) fn with_names(mut set: FieldSet, names: Option<&Names>) -> FieldSet {
    match names {
        Some(names) if names.iter().all(|(_, p)| p.is_none()) => {
            names.exact().for_each(|n| set.insert(n));
            set
        }
        _ => FieldSet::all(),
    }
}

/// Whether the list names the field; without one all but internal fields are.
pub(super) fn covers(names: Option<&Names>, name: &str) -> bool {
    match names {
        Some(names) => names.covers(name),
        None => !name.starts_with('_'),
    }
}

/// The value below which `p` percent of sorted numbers are, interpolated as `perc` does.
pub(super) fn percentile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = p * last as f64 / 100.0;
    let low = (place.floor() as usize).min(last);
    let (a, b) = (*sorted.get(low)?, *sorted.get((low + 1).min(last))?);
    let part = place - low as f64;
    Some(if part <= 0.0 || a == b { a } else { a * (1.0 - part) + b * part })
}

impl Ordered for Outlier {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: self.clone(), held: Held::new(), numbers: IndexMap::default() })
    }
}

struct Run {
    plan: Outlier,
    held: Held,
    numbers: IndexMap<FieldName, Vec<f64>, foldhash::fast::FixedState>,
}

impl Run {
    /// What is usual of each field.
    fn bounds(&mut self) -> Vec<(FieldName, f64, f64)> {
        let mut bounds = Vec::with_capacity(self.numbers.len());
        for (name, mut numbers) in std::mem::take(&mut self.numbers) {
            numbers.sort_unstable_by(f64::total_cmp);
            let quartiles = (percentile(&numbers, 25.0), percentile(&numbers, 75.0));
            let (Some(low), Some(high)) = quartiles else { continue };
            let reach = self.plan.param * (high - low);
            let lower = if self.plan.uselower { low - reach } else { f64::NEG_INFINITY };
            bounds.push((name, lower, high + reach));
        }
        bounds
    }
}

fn usual(plan: &Outlier, bounds: &[(FieldName, f64, f64)], mut batch: Batch) -> Batch {
    let mut keep = vec![true; batch.len];
    for (name, lower, upper) in bounds {
        let Some(col) = batch.cols.get_mut(name) else { continue };
        let off = |v: &Value| v.number().filter(|n| n < lower || n > upper);
        if plan.remove {
            for (row, keep) in keep.iter_mut().enumerate() {
                *keep &= off(col.get(row)).is_none();
            }
            continue;
        }
        if (0..batch.len).all(|row| off(col.get(row)).is_none()) {
            continue;
        }
        for value in col.values_mut(batch.len) {
            let Some(n) = off(value) else { continue };
            let bound = if n > *upper { *upper } else { *lower };
            *value = match plan.mark {
                true => Value::from(format!("000{}", number::format(bound))),
                false => Value::Num(bound),
            };
        }
    }
    batch.retain(&keep);
    batch
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        cx.check_stop()?;
        for (name, col) in &batch.cols {
            if covers(self.plan.names.as_deref(), name) && !col.is_all_null() {
                let numbers = self.numbers.entry(name.clone()).or_default();
                let found = (0..batch.len).filter_map(|row| col.get(row).number());
                numbers.extend(found.filter(|n| n.is_finite()));
            }
        }
        self.held.push(batch, cx)?;
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let (plan, bounds) = (self.plan.clone(), self.bounds());
        self.held.drain(cx, None, &mut |batch| give(usual(&plan, &bounds, batch)))
    }
}
