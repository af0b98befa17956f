//! `delta`: the difference to an earlier row.

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
    name: "delta",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Writes how much a numeric field differs from that of an earlier row.",
        syntax: "delta <field> [AS <newfield>] [p=<int>]",
        details: "This row's number less that of the row before, or of p rows before, in the order \
                  of the rows: newest first where nothing has ordered them. The field is called \
                  delta(field) unless AS names it. Rows stay as they are where one of the two is \
                  no number.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/delta",
        examples: &[CommandExample {
            title: "from row to row",
            search: "* | delta count AS change | table count change",
            events: r#"{"count":2}
{"count":5}
{"count":4}"#,
            rows: r#"{"count":2}
{"count":5,"change":3}
{"count":4,"change":-1}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Delta(d) => Ok(Op::Ordered(Box::new(Delta {
            to: FieldName::new(match &d.alias {
                Some(a) => a.node.clone(),
                None => format!("delta({})", d.field.node),
            }),
            field: FieldName::new(&d.field.node),
            back: d.p.as_ref().map_or(1, |p| usize::try_from(p.node).unwrap_or(usize::MAX)),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

#[derive(Clone)]
struct Delta {
    field: FieldName,
    to: FieldName,
    back: usize,
}

impl Operator for Delta {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert(&self.field);
        after
    }
}

impl Ordered for Delta {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { delta: self.clone(), before: VecDeque::new() })
    }
}

struct Run {
    delta: Delta,
    /// The numbers of the last rows, as many as lie between the two that are compared.
    before: VecDeque<Option<f64>>,
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        _: &RunCx,
    ) -> Result<Flow, RunError> {
        let mut changes = Vec::with_capacity(batch.len);
        for row in 0..batch.len {
            let n = batch.get(&self.delta.field, row).number();
            let before = match self.before.len() == self.delta.back {
                true => self.before.pop_front().flatten(),
                false => None,
            };
            self.before.push_back(n);
            let change = n.zip(before).map(|(n, before)| n - before);
            changes.push(change.map_or(Value::Null, Value::Num));
        }
        write_given(&mut batch, &self.delta.to, changes);
        out.push(batch);
        Ok(Flow::More)
    }
}
