//! `fillnull`: a value where a field is null.

use super::held::Held;
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "fillnull",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Puts a value where a field is null.",
        syntax: "fillnull [value=<string>] [<field-list>]",
        details: "Without a list it fills every field that some row has; a field that is null in \
                  all rows does not exist and is not filled. With a list it makes fields that do \
                  not exist. The value is 0 where none is given.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fillnull",
        examples: &[CommandExample {
            title: "with a list",
            search: "| makeresults | eval a=1 | fillnull value=unknown a b | table a b",
            events: "",
            rows: r#"{"a":1,"b":"unknown"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Fillnull(f) => {
            let value = Value::text_of(f.value.as_ref().map_or("0", |v| v.node.as_str()));
            if f.fields.is_empty() {
                return Ok(Op::Ordered(Box::new(FillAll { value })));
            }
            let fields = f.fields.iter().map(|f| FieldName::new(&f.node)).collect();
            Ok(Op::Streaming(Box::new(FillList { value, fields })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct FillList {
    value: Value,
    fields: Vec<FieldName>,
}

impl Operator for FillList {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
    fn describe(&self) -> String {
        format!("{} field(s)", self.fields.len())
    }
}

impl Streaming for FillList {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        for name in &self.fields {
            match batch.cols.get_mut(name) {
                None | Some(Col::Const(Value::Null)) => {
                    batch.set(name.clone(), Col::Const(self.value.clone()))
                }
                Some(col) => fill(col, &self.value),
            }
        }
        Ok(batch)
    }
}

fn fill(col: &mut Col, value: &Value) {
    match col {
        Col::Const(v) if v.is_null() => *v = value.clone(),
        Col::Const(_) => {}
        Col::Values(vs) => vs.iter_mut().filter(|v| v.is_null()).for_each(|v| *v = value.clone()),
    }
}

/// Waits for the end of the input: only then is it known which fields exist.
struct FillAll {
    value: Value,
}

impl Operator for FillAll {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
    fn describe(&self) -> String {
        "every field that some row has".to_owned()
    }
}

impl Ordered for FillAll {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(FillRun { value: self.value.clone(), rows: Held::new() })
    }
    fn fills_all(&self) -> Option<&Value> {
        Some(&self.value)
    }
}

struct FillRun {
    value: Value,
    rows: Held,
}

impl OrderedRun for FillRun {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        self.rows.push(batch, cx)?;
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        self.rows.drain(cx, Some(&self.value), give)
    }
}
