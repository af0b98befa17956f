//! `autoregress`: the values of earlier rows.

use super::given::write_given;
use super::{Class, CommandSpec, Flow, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::Command;
use std::collections::VecDeque;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "autoregress",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Copies the values of a field from earlier rows into each row.",
        syntax: "autoregress <field> [AS <newfield>] [p=<int>|p=<int>-<int>]",
        details: "p=2 copies from the second row before, p=1-3 from the last three; without p from \
                  the row before. The fields are called field_p1, field_p2 and so on; AS names the \
                  one of a single p. The first rows lack them.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/autoregress",
        examples: &[CommandExample {
            title: "the two rows before",
            search: "* | autoregress v p=1-2 | table v v_p1 v_p2",
            events: r#"{"v":1}
{"v":2}
{"v":3}"#,
            rows: r#"{"v":1}
{"v":2,"v_p1":1}
{"v":3,"v_p1":2,"v_p2":1}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Autoregress(a) => {
            let rows = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
            let (from, to) = (rows(a.p.0), rows(a.p.1));
            let name = |p: usize| match &a.alias {
                Some(alias) => FieldName::new(&alias.node),
                None => FieldName::new(format!("{}_p{p}", a.field.node)),
            };
            Ok(Op::Ordered(Box::new(Autoregress {
                field: FieldName::new(&a.field.node),
                copies: (from..=to).map(|p| (p, name(p))).collect(),
                back: to,
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

#[derive(Clone)]
struct Autoregress {
    field: FieldName,
    /// How many rows before, and the field that gets the value.
    copies: Vec<(usize, FieldName)>,
    /// The most rows before.
    back: usize,
}

impl Operator for Autoregress {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert(&self.field);
        after
    }
}

impl Ordered for Autoregress {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: self.clone(), before: VecDeque::new() })
    }
}

struct Run {
    plan: Autoregress,
    /// The values of the rows before, the last one first.
    before: VecDeque<Value>,
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        _: &RunCx,
    ) -> Result<Flow, RunError> {
        let own: Vec<Value> =
            (0..batch.len).map(|row| batch.get(&self.plan.field, row).clone()).collect();
        for (back, name) in &self.plan.copies {
            let value = |row: usize| match row.checked_sub(*back) {
                Some(row) => own.get(row).cloned(),
                None => self.before.get(back - row - 1).cloned(),
            };
            let copies = (0..batch.len).map(|row| value(row).unwrap_or_default()).collect();
            write_given(&mut batch, name, copies);
        }
        for value in own {
            self.before.push_front(value);
            self.before.truncate(self.plan.back);
        }
        out.push(batch);
        Ok(Flow::More)
    }
}
