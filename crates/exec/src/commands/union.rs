//! `union`: the rows of several searches together.

use super::multisearch::{by_time, in_batches};
use super::{
    Class, CommandSpec, Flow, Generating, Give, Op, Operator, Ordered, OrderedRun, give_all,
};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::{Plan, Source};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::commands::Command;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "union",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Puts the rows of several searches together.",
        syntax: "union [maxtime=<int>] [maxout=<int>] [timeout=<int>] <subsearch> [<subsearch>...]",
        details: "As the first command, or with the current rows as one of the sets. Where all \
                  of them are events, they are merged by time, newest first; else the rows of one \
                  come after those of another. maxout is the most rows of a subsearch: 50,000 by \
                  default, 0 for all; that rows were cut is told. A subsearch is never cut by time \
                  here, so that maxtime and timeout have no effect. Named datasets are not \
                  supported.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/union",
        examples: &[CommandExample {
            title: "two tables",
            search: "| union [search t=a | stats count BY t] [search t=b | stats count BY t]",
            events: r#"{"t":"b"}
{"t":"a"}"#,
            rows: r#"{"t":"a","count":1}
{"t":"b","count":1}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Union(u) => {
            let first = cx.is_first();
            let (mut searches, mut wrong) = (Vec::new(), Vec::new());
            for search in &u.searches {
                match cx.subsearch(search) {
                    Ok(plan) => searches.push(plan),
                    Err(ds) => wrong.extend(ds),
                }
            }
            if !wrong.is_empty() {
                return Err(wrong);
            }
            let union = Union(Arc::new(Searches {
                events: searches.iter().all(gives_events),
                searches,
                maxout: match u.maxout.as_ref().map(|n| n.node) {
                    None => DEFAULT_MAXOUT,
                    Some(0) => usize::MAX,
                    Some(n) => usize::try_from(n).unwrap_or(usize::MAX),
                },
            }));
            Ok(match first {
                true => Op::Generating(Box::new(union)),
                false => Op::Ordered(Box::new(union)),
            })
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Rows of a subsearch that count where no number is given. Source: the page's "maxout".
const DEFAULT_MAXOUT: usize = 50_000;

/// Whether the rows are those of a scan, changed one by one.
fn gives_events(plan: &Plan) -> bool {
    matches!(plan.source, Source::Scan(_)) && plan.streaming == plan.ops.len()
}

struct Searches {
    searches: Vec<Plan>,
    maxout: usize,
    /// Whether all of them give events.
    events: bool,
}

impl Searches {
    fn rows(&self, cx: &RunCx) -> Result<Batch, RunError> {
        let mut all = Batch::default();
        for plan in &self.searches {
            let (batches, cut) = cx.subsearch_first(plan, self.maxout)?;
            if cut {
                let message = format!(
                    "union took the first {} rows of a subsearch; maxout=0 takes all",
                    self.maxout
                );
                cx.notice("SPL3174", message, true);
            }
            batches.into_iter().for_each(|b| all.append(b));
        }
        all.order.clear();
        Ok(all)
    }
}

struct Union(Arc<Searches>);

impl Operator for Union {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if self.0.events {
            after.insert("_time");
        }
        after
    }
    fn describe(&self) -> String {
        format!("{} searches", self.0.searches.len())
    }
    fn subsearches(&self) -> Vec<&Plan> {
        self.0.searches.iter().collect()
    }
}

impl Generating for Union {
    fn rows(&self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let rows = self.0.rows(cx)?;
        let merged = self.0.events && is_timed(&rows);
        Ok(in_batches(if merged { by_time(rows) } else { rows }))
    }
}

/// Whether every row has a time.
fn is_timed(rows: &Batch) -> bool {
    (0..rows.len).all(|r| rows.get("_time", r).number().is_some())
}

impl Ordered for Union {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { searches: Arc::clone(&self.0), own: Batch::default() })
    }
}

struct Run {
    searches: Arc<Searches>,
    /// The rows so far, where they may have to be merged by time.
    own: Batch,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        match self.searches.events {
            true => self.own.append(batch),
            false => out.push(batch),
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let mut all = std::mem::take(&mut self.own);
        all.order.clear();
        all.append(self.searches.rows(cx)?);
        let merged = self.searches.events && is_timed(&all);
        give_all(in_batches(if merged { by_time(all) } else { all }), give)
    }
}
