//! `rangemap`: the names of the ranges that hold a number.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "rangemap",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Writes into the field range the names of the ranges that hold a field's number.",
        syntax: "rangemap field=<field> [<attribute_name>=<numeric_range>]... [default=<string>]",
        details: "Both ends belong to a range, and they may be negative: low=-10--1. A number in \
                  several ranges has the names of all; without any, and where the field is no \
                  number, range is the default, None unless it is given.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/rangemap",
        examples: &[CommandExample {
            title: "how bad it is",
            search: "* | rangemap field=n green=0-9 yellow=10-99 default=red | table n range",
            events: r#"{"n":3}
{"n":10}
{"n":700}"#,
            rows: r#"{"n":3,"range":"green"}
{"n":10,"range":"yellow"}
{"n":700,"range":"red"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Rangemap(r) => Ok(Op::Streaming(Box::new(Rangemap {
            field: FieldName::new(&r.field.node),
            ranges: r.ranges.iter().map(|r| (Value::text_of(&r.name.node), r.from, r.to)).collect(),
            default: Value::text_of(r.default.as_ref().map_or("None", |d| d.node.as_str())),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Rangemap {
    field: FieldName,
    ranges: Vec<(Value, f64, f64)>,
    default: Value,
}

impl Operator for Rangemap {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.remove("range");
        after.insert(&self.field);
        after
    }
}

impl Rangemap {
    fn range(&self, value: &Value) -> Value {
        let Some(n) = value.number() else { return self.default.clone() };
        let holds = |(_, from, to): &&(Value, f64, f64)| *from <= n && n <= *to;
        match Value::from_members(self.ranges.iter().filter(holds).map(|r| r.0.clone())) {
            Value::Null => self.default.clone(),
            names => names,
        }
    }
}

impl Streaming for Rangemap {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let ranges = (0..batch.len).map(|row| self.range(batch.get(&self.field, row))).collect();
        batch.set("range", Col::Values(ranges));
        Ok(batch)
    }
}
