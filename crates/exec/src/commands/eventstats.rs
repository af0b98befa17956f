//! `eventstats`: aggregates over all rows, written into each of them.

use super::held::Held;
use super::stats::{StatsPlan, StatsRun};
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun, PartialRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::group::Assigned;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "eventstats",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Adds to each row the aggregates over all rows, or over those with its BY values.",
        syntax: "eventstats [allnum=<bool>] <stats-func>(<wc-field>|eval(<expr>)) [AS <wc-field>]... \
                 [BY <field-list>]",
        details: "The rows stay, in their order. A row in which a BY field is null counts nowhere \
                  and stays as it is. With allnum=true a numeric function has no result where a \
                  value of its field is no number. A row with several values in a BY field gets \
                  the results of all its groups.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/eventstats",
        examples: &[CommandExample {
            title: "how each value compares with the average of its host",
            search: "* | eventstats avg(v) AS avg BY host | table host v avg",
            events: r#"{"host":"a","v":1}
{"host":"b","v":7}
{"host":"a","v":3}"#,
            rows: r#"{"host":"a","v":1,"avg":2}
{"host":"b","v":7,"avg":7}
{"host":"a","v":3,"avg":2}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Eventstats(s) => {
            Ok(Op::Ordered(Box::new(Eventstats { plan: Arc::new(StatsPlan::new(s)?) })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Eventstats {
    plan: Arc<StatsPlan>,
}

impl Operator for Eventstats {
    fn needed(&self, after: FieldSet) -> FieldSet {
        self.plan.needed_beside(after)
    }
    fn describe(&self) -> String {
        match self.plan.by.len() {
            0 => "one group, two passes".to_owned(),
            n => format!("groups by {n} field(s), two passes"),
        }
    }
}

impl Ordered for Eventstats {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run {
            plan: Arc::clone(&self.plan),
            stats: StatsRun::new(Arc::clone(&self.plan)),
            rows: Held::new(),
        })
    }
}

struct Run {
    plan: Arc<StatsPlan>,
    stats: StatsRun,
    rows: Held,
}

impl OrderedRun for Run {
    fn push(&mut self, mut batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        // the rows come in order: they are numbered as they come
        batch.order.clear();
        self.stats.update(&batch, cx)?;
        self.rows.push(batch, cx)?;
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let count = u32::try_from(self.stats.groups.len()).unwrap_or(u32::MAX);
        let groups: Vec<u32> = (0..count).collect();
        let results = self.stats.results(&groups, cx);
        let mut assigned = Assigned::default();
        self.rows.drain(cx, None, &mut |mut batch| {
            if self.plan.by.is_empty() {
                for (name, values) in &results {
                    batch
                        .set(name.clone(), Col::Const(values.first().cloned().unwrap_or_default()));
                }
            } else {
                let options = self.plan.group_options();
                self.stats.groups.assign(&batch, &self.plan.by, options, cx, &mut assigned)?;
                for (name, values) in &results {
                    write(&mut batch, name, values, &assigned);
                }
            }
            give(batch)
        })
    }
}

/// Writes the results of the rows' groups; a row of several groups gets all of them.
fn write(batch: &mut Batch, name: &FieldName, results: &[Value], assigned: &Assigned) {
    let column = batch.values_mut(name);
    let pairs = assigned.rows.iter().zip(&assigned.groups);
    let mut before = None;
    for (&row, &group) in pairs {
        let result = results.get(group as usize).cloned().unwrap_or_default();
        let Some(cell) = column.get_mut(row as usize) else { continue };
        *cell = match before == Some(row) {
            true => Value::from_members([std::mem::take(cell), result]),
            false => result,
        };
        before = Some(row);
    }
}
