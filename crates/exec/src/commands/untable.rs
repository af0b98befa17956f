//! `untable`: a row for each value of a table.

use super::{Class, CommandSpec, Flow, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "untable",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Turns a table into rows of one value each; the inverse of xyseries.",
        syntax: "untable <x-field> <y-name-field> <y-data-field>",
        details: "Each field but x-field gives a row: its name goes into y-name-field, its value \
                  into y-data-field. Fields that are null give none, nor do those that begin \
                  with `_`.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/untable",
        examples: &[CommandExample {
            title: "a row for each cell",
            search: "* | table day get put | untable day method count",
            events: r#"{"day":"mon","get":3,"put":1}
{"day":"tue","get":4}"#,
            rows: r#"{"day":"mon","method":"get","count":3}
{"day":"mon","method":"put","count":1}
{"day":"tue","method":"get","count":4}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Untable(u) => Ok(Op::Ordered(Box::new(Untable {
            x: FieldName::new(&u.x.node),
            name: FieldName::new(&u.name.node),
            data: FieldName::new(&u.data.node),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

#[derive(Clone)]
struct Untable {
    x: FieldName,
    name: FieldName,
    data: FieldName,
}

impl Operator for Untable {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::all()
    }
}

impl Ordered for Untable {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(self.clone())
    }
}

impl OrderedRun for Untable {
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        let (mut xs, mut names, mut data) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..batch.len {
            let x = batch.get(&self.x, row);
            for (name, value) in batch.row(row) {
                if *name != self.x && !name.starts_with('_') {
                    xs.push(x.clone());
                    names.push(Value::Text(name.clone()));
                    data.push(value.clone());
                }
            }
        }
        let mut rows = Batch::with_len(xs.len());
        rows.set(self.x.clone(), Col::Values(xs));
        rows.set(self.name.clone(), Col::Values(names));
        rows.set(self.data.clone(), Col::Values(data));
        out.push(rows);
        Ok(Flow::More)
    }
}
