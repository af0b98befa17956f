//! `reverse`: the rows in the other order.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "reverse",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Turns the order of the rows around.",
        syntax: "reverse",
        details: "It does not sort: the last row becomes the first.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/reverse",
        examples: &[CommandExample {
            title: "the other way round",
            search: r#"| makeresults | eval n=split("1,2", ",") | mvexpand n | reverse | table n"#,
            events: "",
            rows: r#"{"n":"2"}
{"n":"1"}"#,
        }],
    },
    plan: |_, _| Ok(Op::Ordered(Box::new(Reverse))),
};

struct Reverse;

impl Operator for Reverse {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
}

impl Ordered for Reverse {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(ReverseRun(Vec::new()))
    }
}

struct ReverseRun(Vec<Batch>);

impl OrderedRun for ReverseRun {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.0.push(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        while let Some(batch) = self.0.pop() {
            let rows: Vec<usize> = (0..batch.len).rev().collect();
            if !give(batch.take(&rows))? {
                break;
            }
        }
        Ok(())
    }
}
