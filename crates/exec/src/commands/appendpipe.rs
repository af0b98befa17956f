//! `appendpipe`: the rows of a subpipeline over the current rows, after them.

use super::subpipeline::{Subpipeline, SubpipelineRun};
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun, give_all};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::Plan;
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "appendpipe",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Runs commands over the current rows and puts their rows after these.",
        syntax: "appendpipe [run_in_preview=<bool>] [<subpipeline>]",
        details: "The subpipeline sees the rows as they are where it stands, other than the \
                  subsearch of append. `appendpipe [stats count | where count=0]` adds a row where \
                  there is none.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/appendpipe",
        examples: &[CommandExample {
            title: "a subtotal",
            search: r#"* | stats sum(v) AS v BY host | appendpipe [stats sum(v) AS v | eval host="all"]"#,
            events: r#"{"host":"a","v":1}
{"host":"b","v":2}"#,
            rows: r#"{"host":"a","v":1}
{"host":"b","v":2}
{"host":"all","v":3}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Appendpipe(a) => {
            Ok(Op::Ordered(Box::new(Appendpipe(Subpipeline::plan(&a.pipeline, cx)?))))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Appendpipe(Subpipeline);

impl Operator for Appendpipe {
    fn needed(&self, after: FieldSet) -> FieldSet {
        let mut set = self.0.needed(after.clone());
        set.union(&after);
        set
    }
    fn describe(&self) -> String {
        format!("{} command(s) over the same rows", self.0.len())
    }
    fn subsearches(&self) -> Vec<&Plan> {
        self.0.subsearches()
    }
    fn acts(&self) -> bool {
        self.0.acts()
    }
}

impl Ordered for Appendpipe {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { inner: self.0.start(), rows: Vec::new() })
    }
}

struct Run {
    inner: SubpipelineRun,
    /// What the subpipeline gave so far.
    rows: Vec<Batch>,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        self.inner.push(batch.clone(), &mut self.rows, cx)?;
        out.push(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        self.inner.finish(&mut self.rows, cx)?;
        give_all(self.rows.drain(..), give)
    }
}
