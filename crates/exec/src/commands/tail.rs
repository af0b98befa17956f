//! `tail`: the last rows, the last one first.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::commands::Command;
use std::collections::VecDeque;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "tail",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Keeps the last rows, in reverse order.",
        syntax: "tail [<N>]",
        details: "10 rows where no number is given. The last row comes first.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/tail",
        examples: &[CommandExample {
            title: "the last one first",
            search: r#"| makeresults | eval n=split("1,2,3", ",") | mvexpand n | tail 2 | table n"#,
            events: "",
            rows: r#"{"n":"3"}
{"n":"2"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Tail(t) => {
            let limit = t.limit.as_ref().map_or(10, |n| n.node);
            Ok(Op::Ordered(Box::new(Tail { limit: usize::try_from(limit).unwrap_or(usize::MAX) })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Tail {
    limit: usize,
}

impl Operator for Tail {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
}

impl Ordered for Tail {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(TailRun { limit: self.limit, held: 0, batches: VecDeque::new() })
    }
}

struct TailRun {
    limit: usize,
    held: usize,
    batches: VecDeque<Batch>,
}

impl OrderedRun for TailRun {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.held += batch.len;
        self.batches.push_back(batch);
        while let Some(first) = self.batches.front() {
            if self.held - first.len < self.limit {
                break;
            }
            self.held -= first.len;
            self.batches.pop_front();
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        let mut left = self.limit;
        while let Some(batch) = self.batches.pop_back() {
            let rows: Vec<usize> = (0..batch.len).rev().take(left).collect();
            left -= rows.len();
            if !give(batch.take(&rows))? {
                break;
            }
        }
        Ok(())
    }
}
