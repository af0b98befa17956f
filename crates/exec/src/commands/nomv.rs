//! `nomv`: joins the values of a multivalue field with newlines.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "nomv",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Joins the values of a multivalue field into one, a line for each.",
        syntax: "nomv <field>",
        details: "Single values and rows without the field stay as they are.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/nomv",
        examples: &[CommandExample {
            title: "one value of two lines",
            search: r#"| makeresults | eval a=split("x,y", ",") | nomv a | eval n=mvcount(a) | table a n"#,
            events: "",
            rows: r#"{"a":"x\ny","n":1}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Nomv(n) => {
            Ok(Op::Streaming(Box::new(Nomv { field: FieldName::new(&n.field.node) })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Nomv {
    field: FieldName,
}

impl Operator for Nomv {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
}

impl Streaming for Nomv {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let join = |v: &mut Value| {
            if let Value::Mv(_) = v {
                *v = Value::Text(v.to_smol());
            }
        };
        match batch.cols.get_mut(&self.field) {
            Some(Col::Const(v)) => join(v),
            Some(Col::Values(vs)) => vs.iter_mut().for_each(join),
            None => {}
        }
        Ok(batch)
    }
}
