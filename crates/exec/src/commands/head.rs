//! `head`: the first rows.

use super::{Class, CommandSpec, Flow, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::eval::{Cell, Program};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::commands::Command;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "head",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Keeps the first rows, or rows while a condition is true.",
        syntax: "head [<N>|limit=<int>|(<eval-expression>)] [keeplast=<bool>] [null=<bool>]",
        details: "10 rows where neither a number nor a condition is given. Events come newest \
                  first, so these are the newest. keeplast keeps the row that ended the condition \
                  too; null=true goes on where the condition is null.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/head",
        examples: &[CommandExample {
            title: "two rows",
            search: "| makeresults count=5 | head 2 | stats count",
            events: "",
            rows: r#"{"count":2}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Head(h) => {
            let program = h.condition.as_ref().map(Program::compile).transpose()?;
            let limit = match (&h.limit, &program) {
                (Some(n), _) => Some(n.node),
                (None, None) => Some(10),
                (None, Some(_)) => None,
            };
            Ok(Op::Ordered(Box::new(Head {
                limit: limit.map(|n| usize::try_from(n).unwrap_or(usize::MAX)),
                program: program.map(Arc::new),
                keeplast: h.keeplast.unwrap_or(false),
                null: h.null.unwrap_or(false),
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

#[derive(Clone)]
struct Head {
    limit: Option<usize>,
    program: Option<Arc<Program>>,
    keeplast: bool,
    null: bool,
}

impl Operator for Head {
    fn needed(&self, after: FieldSet) -> FieldSet {
        match &self.program {
            Some(p) => super::with_program(after, p),
            None => after,
        }
    }
}

impl Ordered for Head {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(HeadRun {
            head: self.clone(),
            left: self.limit.unwrap_or(usize::MAX),
            done: false,
        })
    }
    fn first_rows(&self) -> Option<usize> {
        self.limit.filter(|_| self.program.is_none())
    }
}

struct HeadRun {
    head: Head,
    left: usize,
    done: bool,
}

impl OrderedRun for HeadRun {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        cx: &RunCx,
    ) -> Result<Flow, RunError> {
        if self.done {
            return Ok(Flow::Done);
        }
        let mut keep = batch.len.min(self.left);
        if let Some(p) = &self.head.program {
            let bound = p.bind(&batch);
            let ends = (0..keep).find(|&r| match p.eval(&bound, r, cx) {
                Cell::Null => !self.head.null,
                cell => !cell.is_true(),
            });
            if let Some(r) = ends {
                keep = r + usize::from(self.head.keeplast);
                self.done = true;
            }
        }
        self.left -= keep;
        self.done |= self.left == 0;
        let mask: Vec<bool> = (0..batch.len).map(|r| r < keep).collect();
        batch.retain(&mask);
        out.push(batch);
        Ok(if self.done { Flow::Done } else { Flow::More })
    }
}
