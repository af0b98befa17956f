//! `appendcols`: the fields of a subsearch's rows beside those of the current rows.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::Plan;
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::commands::Command;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "appendcols",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Joins the rows of a subsearch to the current rows, the first to the first.",
        syntax: "appendcols [override=<bool>] [maxout=<int>] [maxtime=<int>] [timeout=<int>] \
                 <subsearch>",
        details: "All fields of the subsearch come along but those that begin with `_`. A field \
                  that a row has already stays, unless override=true. Rows of the subsearch for \
                  which there is no row come at the end. At most 50,000 rows of the subsearch \
                  count, or as many as maxout says; 0 is all.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/appendcols",
        examples: &[CommandExample {
            title: "two counts side by side",
            search: "* | stats count AS events | appendcols [search code=500 | stats count AS errors]",
            events: r#"{"code":500}
{"code":200}"#,
            rows: r#"{"events":2,"errors":1}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Appendcols(a) => Ok(Op::Ordered(Box::new(Appendcols {
            search: Arc::new(cx.subsearch(&a.search)?),
            overrides: a.overrides.unwrap_or(false),
            told: a.maxout.is_some(),
            maxout: match a.maxout.as_ref().map(|n| n.node) {
                None => DEFAULT_MAXOUT,
                Some(0) => usize::MAX,
                Some(n) => usize::try_from(n).unwrap_or(usize::MAX),
            },
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Rows of the subsearch that count where no number is given. Source: the page's "maxout".
const DEFAULT_MAXOUT: usize = 50_000;

/// The notice that the subsearch had more rows.
const CUT: &str = "SPL3133";

#[derive(Clone)]
struct Appendcols {
    search: Arc<Plan>,
    overrides: bool,
    maxout: usize,
    told: bool,
}

impl Operator for Appendcols {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
    fn describe(&self) -> String {
        "with a subsearch".to_owned()
    }
    fn subsearches(&self) -> Vec<&Plan> {
        vec![&self.search]
    }
}

impl Ordered for Appendcols {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: self.clone(), other: None, at: 0 })
    }
}

struct Run {
    plan: Appendcols,
    /// The rows of the subsearch, once it ran.
    other: Option<Batch>,
    /// How many of them were joined.
    at: usize,
}

impl Run {
    /// The rows of the subsearch without internal fields.
    fn rows(&self, cx: &RunCx) -> Result<Batch, RunError> {
        let mut all = Batch::default();
        for batch in cx.subsearch(&self.plan.search)? {
            all.append(batch);
        }
        all.order.clear();
        all.cols.retain(|name, _| !name.starts_with('_'));
        if all.len > self.plan.maxout {
            if !self.plan.told {
                let message =
                    "appendcols took the first 50,000 rows of its subsearch, as Splunk does";
                cx.notice(CUT, message, true);
            }
            let first: Vec<usize> = (0..self.plan.maxout).collect();
            all = all.take(&first);
        }
        Ok(all)
    }
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        cx: &RunCx,
    ) -> Result<Flow, RunError> {
        let other = match self.other.take() {
            Some(rows) => rows,
            None => self.rows(cx)?,
        };
        let many = batch.len.min(other.len - self.at);
        for (name, col) in &other.cols {
            let cells = batch.values_mut(name);
            for (row, cell) in cells.iter_mut().take(many).enumerate() {
                let value = col.get(self.at + row);
                if !value.is_null() && (cell.is_null() || self.plan.overrides) {
                    cell.clone_from(value);
                }
            }
        }
        self.at += many;
        self.other = Some(other);
        out.push(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let other = match self.other.take() {
            Some(rows) => rows,
            None => self.rows(cx)?,
        };
        if self.at < other.len {
            let rest: Vec<usize> = (self.at..other.len).collect();
            give(other.take(&rest))?;
        }
        Ok(())
    }
}
