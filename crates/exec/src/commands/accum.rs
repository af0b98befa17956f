//! `accum`: a running total.

use super::given::write_given;
use super::{Class, CommandSpec, Flow, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "accum",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Adds up a numeric field from row to row.",
        syntax: "accum <field> [AS <newfield>]",
        details: "Where the field is a number, the sum so far is written into newfield, or over \
                  the field. Other rows stay as they are.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/accum",
        examples: &[CommandExample {
            title: "the bytes so far",
            search: "* | accum bytes AS total | table bytes total",
            events: r#"{"bytes":10}
{"bytes":5}"#,
            rows: r#"{"bytes":10,"total":10}
{"bytes":5,"total":15}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Accum(a) => Ok(Op::Ordered(Box::new(Accum {
            field: FieldName::new(&a.field.node),
            to: FieldName::new(&a.alias.as_ref().unwrap_or(&a.field).node),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

#[derive(Clone)]
struct Accum {
    field: FieldName,
    to: FieldName,
}

impl Operator for Accum {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert(&self.field);
        after
    }
}

impl Ordered for Accum {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { accum: self.clone(), sum: 0.0 })
    }
}

struct Run {
    accum: Accum,
    sum: f64,
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        _: &RunCx,
    ) -> Result<Flow, RunError> {
        let mut sums = Vec::with_capacity(batch.len);
        for row in 0..batch.len {
            sums.push(match batch.get(&self.accum.field, row).number() {
                Some(n) => {
                    self.sum += n;
                    Value::Num(self.sum)
                }
                None => Value::Null,
            });
        }
        write_given(&mut batch, &self.accum.to, sums);
        out.push(batch);
        Ok(Flow::More)
    }
}
