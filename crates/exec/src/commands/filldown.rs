//! `filldown`: the last value before where a field is null.

use super::{Class, CommandSpec, Flow, Names, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::Command;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "filldown",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Writes the last value that is not null where a field is null.",
        syntax: "filldown <wc-field-list>",
        details: "Without a list all fields are filled. Nothing is written before the first value.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/filldown",
        examples: &[CommandExample {
            title: "the status that still holds",
            search: "* | filldown status | table n status",
            events: r#"{"n":1,"status":"up"}
{"n":2}
{"n":3,"status":"down"}"#,
            rows: r#"{"n":1,"status":"up"}
{"n":2,"status":"up"}
{"n":3,"status":"down"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Filldown(f) => Ok(Op::Ordered(Box::new(Filldown {
            names: (!f.fields.is_empty())
                .then(|| Arc::new(Names::new(f.fields.iter().map(|f| f.node.as_str())))),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Filldown {
    /// None = all fields.
    names: Option<Arc<Names>>,
}

impl Operator for Filldown {
    // a field is filled with its own values only
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
}

impl Ordered for Filldown {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { names: self.names.clone(), last: IndexMap::new() })
    }
}

struct Run {
    names: Option<Arc<Names>>,
    last: IndexMap<FieldName, Value>,
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        _: &RunCx,
    ) -> Result<Flow, RunError> {
        let covered = |n: &FieldName| self.names.as_ref().is_none_or(|names| names.covers(n));
        let here: Vec<FieldName> = batch.cols.keys().filter(|n| covered(n)).cloned().collect();
        for name in here {
            let last = self.last.entry(name.clone()).or_default();
            for cell in batch.values_mut(&name) {
                match cell.is_null() {
                    true => cell.clone_from(last),
                    false => last.clone_from(cell),
                }
            }
        }
        // fields that no row of the batch has
        for (name, value) in self.last.iter().filter(|(_, v)| !v.is_null()) {
            if !batch.cols.contains_key(name) {
                batch.set(name.clone(), sepal_data::Col::Const(value.clone()));
            }
        }
        out.push(batch);
        Ok(Flow::More)
    }
}
