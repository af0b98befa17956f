//! `require`: a search without rows fails.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "require",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Ends the search with an error where no rows reach it.",
        syntax: "require",
        details: "Rows go through as they are. In a subsearch the search around it fails too.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/require",
        examples: &[CommandExample {
            title: "a search that must find something",
            search: "status=500 | require | stats count",
            events: r#"{"status":500}
{"status":200}"#,
            rows: r#"{"count":1}"#,
        }],
    },
    plan: |_, _| Ok(Op::Ordered(Box::new(Require))),
};

struct Require;

impl Operator for Require {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
}

impl Ordered for Require {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { seen: false })
    }
}

struct Run {
    seen: bool,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.seen |= batch.len > 0;
        out.push(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, _: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        match self.seen {
            true => Ok(()),
            false => Err(RunError::failed("SPL2483", "no rows reach require, which needs some")),
        }
    }
}
