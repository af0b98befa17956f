//! `correlate`: how often fields occur together.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use foldhash::fast::FixedState;
use indexmap::IndexSet;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "correlate",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Makes a table of how often each two fields occur in the same row.",
        syntax: "correlate",
        details: "A row for each field, its name in RowField, and a column for each field. A \
                  cell is the number of rows that have both fields divided by that of the rows \
                  that have at least one of them, with two decimals: 1.00 where they always go \
                  together, 0.00 where they never do. Fields that begin with _ are left out; of \
                  more than 1,000 fields the first are compared.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/correlate",
        examples: &[CommandExample {
            title: "three fields",
            search: "* | correlate",
            events: r#"{"a":1,"b":2}
{"a":1,"c":3}"#,
            rows: r#"{"RowField":"a","a":"1.00","b":"0.50","c":"0.50"}
{"RowField":"b","a":"0.50","b":"1.00","c":"0.00"}
{"RowField":"c","a":"0.50","b":"0.00","c":"1.00"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Correlate(_) => Ok(Op::Ordered(Box::new(Correlate))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Source: limits.conf, [correlate] maxfields.
const MAXFIELDS: usize = 1000;

struct Correlate;

impl Operator for Correlate {
    fn needed(&self, _: FieldSet) -> FieldSet {
        std::iter::once("*").collect()
    }
}

impl Ordered for Correlate {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { fields: IndexSet::default(), together: Vec::new() })
    }
}

struct Run {
    fields: IndexSet<FieldName, FixedState>,
    /// Rows with the fields i and j, for j up to i; with i itself at the end.
    together: Vec<Vec<u64>>,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        let mut columns: Vec<(usize, &Col)> = Vec::new();
        for (name, col) in &batch.cols {
            if name.starts_with('_') || col.is_all_null() {
                continue;
            }
            let at = match self.fields.get_index_of(name) {
                Some(at) => at,
                None if self.fields.len() == MAXFIELDS => {
                    let message = format!("correlate compares the first {MAXFIELDS} fields");
                    cx.notice("SPL3344", message, true);
                    continue;
                }
                None => {
                    self.together.push(vec![0; self.fields.len() + 1]);
                    self.fields.insert_full(name.clone()).0
                }
            };
            columns.push((at, col));
        }
        columns.sort_unstable_by_key(|(at, _)| *at);
        let mut here = Vec::with_capacity(columns.len());
        for row in 0..batch.len {
            here.clear();
            here.extend(columns.iter().filter(|(_, c)| !c.get(row).is_null()).map(|(at, _)| *at));
            for (n, i) in here.iter().enumerate() {
                if let Some(counts) = self.together.get_mut(*i) {
                    for j in here.iter().take(n + 1) {
                        counts[*j] += 1;
                    }
                }
            }
        }
        cx.check_stop()?;
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        let mut order: Vec<usize> = (0..self.fields.len()).collect();
        order.sort_unstable_by_key(|i| self.fields.get_index(*i));
        let both = |i: usize, j: usize| self.together[i.max(j)][i.min(j)];
        let name = |i: usize| self.fields.get_index(i).cloned().unwrap_or_default();
        let mut batch = Batch::with_len(order.len());
        let names = order.iter().map(|i| Value::Text(name(*i))).collect();
        batch.set("RowField", Col::Values(names));
        for j in &order {
            if name(*j) == "RowField" {
                let message = "correlate: two columns would be named RowField";
                return Err(RunError::failed("SPL3343", message));
            }
            let one = |i: &usize| {
                let either = both(*i, *i) + both(*j, *j) - both(*i, *j);
                Value::from(format!("{:.2}", both(*i, *j) as f64 / either.max(1) as f64))
            };
            batch.set(name(*j), Col::Values(order.iter().map(one).collect()));
        }
        give(batch)?;
        Ok(())
    }
}
