//! `mvcombine`: one row for rows that differ in one field only.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::codec::Writer;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "mvcombine",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Makes one row of rows that are the same but for one field, with all its values.",
        syntax: "mvcombine [delim=<string>] <field>",
        details: "The row stands where the first of them stood; the values keep their order. All \
                  other fields must be the same, `_time` and `_raw` too: `table` or `fields` \
                  before leave those that matter. Rows without the field stay as they are.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/mvcombine",
        examples: &[CommandExample {
            title: "the hosts of each user",
            search: "* | table user host | mvcombine host",
            events: r#"{"user":"ann","host":"a"}
{"user":"bob","host":"a"}
{"user":"ann","host":"b"}"#,
            rows: r#"{"user":"ann","host":["a","b"]}
{"user":"bob","host":"a"}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Mvcombine(m) => {
            if let Some(d) = &m.delim {
                cx.warnings.push(
                    Diagnostic::warning("SPL2205", d.span, "delim= has no effect on the values")
                        .label("ignored")
                        .help("to get one text, write `eval field=mvjoin(field, \",\")` after it"),
                );
            }
            Ok(Op::Ordered(Box::new(Mvcombine { field: FieldName::new(&m.field.node) })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Mvcombine {
    field: FieldName,
}

impl Operator for Mvcombine {
    // every field decides whether rows are the same
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::all()
    }
}

impl Ordered for Mvcombine {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { field: self.field.clone(), rows: Batch::default() })
    }
}

struct Run {
    field: FieldName,
    rows: Batch,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.rows.append(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        let rows = std::mem::take(&mut self.rows);
        // the rows of each combination of the other fields
        let mut alike: IndexMap<Vec<u8>, Vec<usize>> = IndexMap::new();
        for row in 0..rows.len {
            let mut w = Writer::new();
            if rows.get(&self.field, row).is_null() {
                // alone: a key that no other row has
                w.uint(0);
                w.uint(row as u64);
            } else {
                for (at, (name, col)) in rows.cols.iter().enumerate() {
                    let value = col.get(row);
                    if *name != self.field && !value.is_null() {
                        w.uint(at as u64 + 1);
                        w.uint(value.members().len() as u64);
                        value.members().iter().for_each(|m| w.str(&m.text()));
                    }
                }
            }
            alike.entry(w.buf).or_default().push(row);
        }
        let first: Vec<usize> = alike.values().filter_map(|r| r.first().copied()).collect();
        let mut combined = rows.take(&first);
        if rows.cols.contains_key(&self.field) {
            let values = combined.values_mut(&self.field);
            for (cell, same) in values.iter_mut().zip(alike.values()) {
                *cell = Value::from_members(same.iter().map(|r| rows.get(&self.field, *r).clone()));
            }
        }
        give(combined)?;
        Ok(())
    }
}
