//! `erex`: values like the examples.

mod learn;

use self::learn::Trainers;
use super::given::write_given;
use super::held::Held;
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::Command;
use sepal_parser::commands::erex::Erex;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "erex",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Makes a field of what looks like the examples.",
        syntax: "erex <field> examples=<string>,... [counterexamples=<string>,...] \
                 [fromfield=<field>] [maxtrainers=<int>]",
        details: "Learns a regular expression from the first maxtrainers (100) rows in which an \
                  example stands, and gives each row what it finds in fromfield, _raw by default. \
                  All examples and counterexamples must stand in some row. How Splunk learns is \
                  not documented; a notice tells the expression, to be used with rex. Here each run \
                  of digits of the examples becomes \\d+, of other word characters \\w+, of white \
                  space \\s+, and the rest is taken as it is; examples of different form become one \
                  set of characters. Taken is the first of these that finds an example in each \
                  of the rows, and no counterexample: the form alone, between word boundaries or \
                  not, then with up to four pieces of what stands before and two of what stands \
                  behind in all rows; then all of them once more with the lengths of the examples.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/erex",
        examples: &[CommandExample {
            title: "a month and a day",
            search: "* | erex monthday fromfield=m examples=\"7/01, 07/02\" counterexamples=\"99/2\" \
                     | table m monthday",
            events: r#"{"m":"on 7/01"}
{"m":"of 99/2 on 07/02"}
{"m":"of 12/7 on 12/24"}"#,
            rows: r#"{"m":"on 7/01","monthday":"7/01"}
{"m":"of 99/2 on 07/02","monthday":"07/02"}
{"m":"of 12/7 on 12/24","monthday":"12/24"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Erex(e) => {
            let diagnostics = super::refuse_wildcards(stage, std::slice::from_ref(&e.field));
            match diagnostics.is_empty() {
                true => Ok(Op::Ordered(Box::new(Plan(Arc::new(Erex::clone(e)))))),
                false => Err(diagnostics),
            }
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Plan(Arc<Erex>);

impl Operator for Plan {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        // a row in which nothing is found keeps the value that it has
        after.insert(&self.0.fromfield);
        after
    }
}

impl Ordered for Plan {
    fn start(&self) -> Box<dyn OrderedRun> {
        let trainers = Trainers::new(&self.0);
        Box::new(Run { plan: Arc::clone(&self.0), trainers, held: Held::new(), any: false })
    }
}

struct Run {
    plan: Arc<Erex>,
    trainers: Trainers,
    held: Held,
    any: bool,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        cx.check_stop()?;
        self.any |= batch.len > 0;
        if let Some(col) = batch.col(&self.plan.fromfield) {
            for row in 0..batch.len {
                let value = col.get(row);
                if !value.is_null() {
                    self.trainers.see(&value.text());
                }
            }
        }
        self.held.push(batch, cx)?;
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        if !self.any {
            return Ok(());
        }
        let field = FieldName::new(&self.plan.field.node);
        let learned = self.trainers.learn(cx)?;
        let from = match self.plan.fromfield.as_str() {
            "_raw" => String::new(),
            from => format!("field={from} "),
        };
        let text = format!(
            "`erex` learned: rex {from}\"{}\". How Splunk learns is not documented; it would find \
             other values",
            learned.pattern(&field)
        );
        cx.notice("SPL3368", text, true);
        let from = self.plan.fromfield.as_str();
        self.held.drain(cx, None, &mut |mut batch| {
            let one = |row| {
                let value = batch.get(from, row);
                if value.is_null() {
                    return Value::Null;
                }
                learn::found(&learned.regex, &value.text(), cx).map_or(Value::Null, Value::from)
            };
            let values = (0..batch.len).map(one).collect();
            write_given(&mut batch, &field, values);
            give(batch)
        })
    }
}
