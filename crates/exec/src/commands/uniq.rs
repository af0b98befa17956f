//! `uniq`: rows that repeat the one before them go.

use super::{Class, CommandSpec, Flow, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "uniq",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Drops each row that is the same as the row before it.",
        syntax: "uniq",
        details: "All fields must be the same, internal ones such as _time and _raw too: table or \
                  fields before it says which count. Same rows that do not follow each other stay: \
                  dedup drops those.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/uniq",
        examples: &[CommandExample {
            title: "changes of a status",
            search: "* | table status | uniq",
            events: r#"{"status":"up"}
{"status":"up"}
{"status":"down"}
{"status":"up"}"#,
            rows: r#"{"status":"up"}
{"status":"down"}
{"status":"up"}"#,
        }],
    },
    plan: |_, _| Ok(Op::Ordered(Box::new(Uniq))),
};

struct Uniq;

impl Operator for Uniq {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::all()
    }
}

impl Ordered for Uniq {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { last: None })
    }
}

struct Run {
    /// The last row of the batch before.
    last: Option<Vec<(FieldName, Value)>>,
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        _: &RunCx,
    ) -> Result<Flow, RunError> {
        if batch.len == 0 {
            return Ok(Flow::More);
        }
        let mut keep = Vec::with_capacity(batch.len);
        keep.push(self.last.as_deref().is_none_or(|last| !is_row(last, &batch, 0)));
        keep.extend((1..batch.len).map(|row| {
            let same = |c: &sepal_data::Col| same(c.get(row - 1), c.get(row));
            !batch.cols.values().all(same)
        }));
        self.last = Some(values(&batch, batch.len - 1));
        batch.retain(&keep);
        out.push(batch);
        Ok(Flow::More)
    }
}

/// The fields that a row has, by name.
fn values(batch: &Batch, row: usize) -> Vec<(FieldName, Value)> {
    let cells = batch.cols.iter().map(|(n, c)| (n.clone(), c.get(row).clone()));
    let mut out: Vec<_> = cells.filter(|(_, v)| !v.is_null()).collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

fn is_row(last: &[(FieldName, Value)], batch: &Batch, row: usize) -> bool {
    let here = values(batch, row);
    let pairs = last.iter().zip(&here);
    last.len() == here.len() && pairs.into_iter().all(|(a, b)| a.0 == b.0 && same(&a.1, &b.1))
}

/// Fields are text: 1 that was computed is the 1 of an event.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Num(_), Value::Text(_)) | (Value::Text(_), Value::Num(_)) => a.text() == b.text(),
        (Value::Num(x), Value::Num(y)) => x == y || (x.is_nan() && y.is_nan()),
        (Value::Mv(x), Value::Mv(y)) => {
            x.len() == y.len() && x.iter().zip(&**y).all(|(a, b)| same(a, b))
        }
        _ => a == b,
    }
}
