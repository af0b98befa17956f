//! `multisearch`: several searches whose rows are merged by time.

use super::{Class, CommandSpec, Generating, Op, Operator};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::Plan;
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "multisearch",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Runs several searches and merges their rows by time.",
        syntax: "| multisearch <subsearch> <subsearch>...",
        details: "The first command of a search. Only commands that work row by row, such as \
                  search, eval, where, fields and rex, can stand in the subsearches. The rows come \
                  newest first; of the same time those of the earlier subsearch come first.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/multisearch",
        examples: &[CommandExample {
            title: "two kinds of events",
            search: "| multisearch [search t=a | eval type=\"foo\"] [search t=b | eval mytype=\"bar\"] | table t type mytype",
            events: r#"{"_time":3,"t":"a"}
{"_time":2,"t":"b"}
{"_time":1,"t":"a"}"#,
            rows: r#"{"t":"a","type":"foo"}
{"t":"b","mytype":"bar"}
{"t":"a","type":"foo"}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Multisearch(m) => {
            let (mut searches, mut wrong) = (Vec::new(), Vec::new());
            for search in &m.searches {
                match cx.subsearch(search) {
                    Ok(plan) => {
                        if let Some(op) = plan.ops.get(plan.streaming) {
                            let message = format!("{} does not work row by row", op.name);
                            wrong.push(
                                Diagnostic::error("SPL2268", op.span, message)
                                    .label("not in a subsearch of multisearch")
                                    .help("use `union` or `append`, which take any search"),
                            );
                        }
                        searches.push(plan);
                    }
                    Err(ds) => wrong.extend(ds),
                }
            }
            match wrong.is_empty() {
                true => Ok(Op::Generating(Box::new(Multisearch(searches)))),
                false => Err(wrong),
            }
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Multisearch(Vec<Plan>);

impl Operator for Multisearch {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
    fn describe(&self) -> String {
        format!("{} searches", self.0.len())
    }
    fn subsearches(&self) -> Vec<&Plan> {
        self.0.iter().collect()
    }
}

impl Generating for Multisearch {
    fn rows(&self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let mut all = Batch::default();
        for plan in &self.0 {
            cx.subsearch(plan)?.into_iter().for_each(|b| all.append(b));
        }
        Ok(in_batches(by_time(all)))
    }
}

/// The rows newest first, those without a time last.
pub(super) fn by_time(mut rows: Batch) -> Batch {
    rows.order.clear();
    let time = |r: usize| rows.get("_time", r).number().unwrap_or(f64::NEG_INFINITY);
    let mut order: Vec<(f64, usize)> = (0..rows.len).map(|r| (time(r), r)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    rows.take(&order.into_iter().map(|(_, r)| r).collect::<Vec<_>>())
}

/// The rows in batches of a usual size.
pub(super) fn in_batches(rows: Batch) -> Vec<Batch> {
    const ROWS: usize = 4096;
    if rows.len <= ROWS {
        return vec![rows];
    }
    let starts = (0..rows.len).step_by(ROWS);
    starts.map(|s| rows.take(&(s..rows.len.min(s + ROWS)).collect::<Vec<_>>())).collect()
}
