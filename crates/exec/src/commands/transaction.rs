//! `transaction`: rows that belong together as one row.

mod open;
mod render;

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::eval::Program;
use crate::run_cx::{RunCx, RunError};
use crate::search::SearchProgram;
use open::{Pool, Row};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use sepal_parser::commands::transaction as syntax;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "transaction",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Makes one row of the rows that belong together.",
        syntax: "transaction [<field>...] [maxspan=<int>[s|m|h|d]] [maxpause=<int>[s|m|h|d]] \
                 [maxevents=<int>] [startswith=<filter>] [endswith=<filter>] [connected=<bool>] \
                 [unifyends=<bool>] [keeporphans=<bool>] [keepevicted=<bool>] [maxopentxn=<int>] \
                 [maxopenevents=<int>] [mvlist=<bool>|<field-list>] [delim=<string>] \
                 [nullstr=<string>] [mvraw=<bool>]",
        details: "Rows must come newest first, as a search gives them. Rows belong together while \
                  none of the fields has two values and one of them is shared; a row without any \
                  of the fields belongs to none. With connected=false a row may also join one that \
                  knows none of its fields. maxspan= must not be reached, maxpause= not exceeded. A \
                  filter is a condition in quotes or parentheses, or eval(...). The row has the \
                  earliest `_time`, the texts in the order of time, each distinct value of every \
                  other field in the order of text (with mvlist= all values in the order of time), \
                  and duration (seconds), eventcount, linecount, field_match_sum and closed_txn: 1 \
                  where maxspan, maxpause, maxevents or startswith ended it. With startswith= only \
                  transactions that have both their ends are given, unless keepevicted=true. \
                  Transactions come newest first. 5,000 of them with 100,000 rows may be open at a \
                  time; beyond that those that were not used for the longest time are evicted, and \
                  that is told.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/transaction",
        examples: &[CommandExample {
            title: "created and deleted",
            search: "* | transaction task startswith=(code=4698) endswith=(code=4699) | table task duration eventcount",
            events: r#"{"_time":160,"task":"b","code":"4698"}
{"_time":110,"task":"a","code":"4699"}
{"_time":100,"task":"a","code":"4698"}"#,
            rows: r#"{"task":"a","duration":10,"eventcount":2}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Transaction(t) => {
            let mut wrong = super::refuse_wildcards(stage, &t.fields);
            let mut filter = |f: &Option<syntax::Filter>| match f.as_ref().map(Filter::compile) {
                None => None,
                Some(Ok(f)) => Some(f),
                Some(Err(ds)) => {
                    wrong.extend(ds);
                    None
                }
            };
            let (starts, ends) = (filter(&t.startswith), filter(&t.endswith));
            if !wrong.is_empty() {
                return Err(wrong);
            }
            let fields = t.fields.iter().map(|f| FieldName::new(&f.node)).collect();
            Ok(Op::Ordered(Box::new(Transaction(Arc::new(Plan {
                fields,
                starts,
                ends,
                syntax: (**t).clone(),
            })))))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Fields that the command makes.
const MADE: [&str; 5] = ["duration", "eventcount", "closed_txn", "field_match_sum", "linecount"];

/// Transactions and their rows that may be open at a time.
///
/// Source: limits.conf, `[transactions] maxopentxn`, `maxopenevents`.
const MAX_OPEN: u64 = 5_000;
const MAX_OPEN_ROWS: u64 = 100_000;

enum Filter {
    Search(Box<SearchProgram>),
    Eval(Program),
}

impl Filter {
    fn compile(f: &syntax::Filter) -> Result<Filter, Vec<Diagnostic>> {
        Ok(match f {
            syntax::Filter::Search(e) => Filter::Search(Box::new(SearchProgram::compile(e)?)),
            syntax::Filter::Eval(e) => Filter::Eval(Program::compile(e)?),
        })
    }

    fn mask(&self, batch: &Batch, cx: &RunCx) -> Vec<bool> {
        match self {
            Filter::Search(p) => p.mask(batch, cx),
            Filter::Eval(p) => p.mask(batch, cx),
        }
    }
}

struct Plan {
    fields: Vec<FieldName>,
    starts: Option<Filter>,
    ends: Option<Filter>,
    syntax: syntax::Transaction,
}

struct Transaction(Arc<Plan>);

impl Operator for Transaction {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if after.contains("linecount") {
            after.insert("_raw");
        }
        MADE.iter().for_each(|f| after.remove(f));
        after.remove("_txn_orphan");
        after.insert("_time");
        self.0.fields.iter().for_each(|f| after.insert(f));
        for filter in self.0.starts.iter().chain(&self.0.ends) {
            match filter {
                Filter::Search(p) => after.union(&p.needed()),
                Filter::Eval(p) => after = super::with_program(after, p),
            }
        }
        after
    }
    fn describe(&self) -> String {
        let fields: Vec<&str> = self.0.fields.iter().map(|f| f.as_str()).collect();
        match fields.is_empty() {
            true => "all rows".to_owned(),
            false => format!("by {}", fields.join(", ")),
        }
    }
}

impl Ordered for Transaction {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run {
            plan: Arc::clone(&self.0),
            pool: Pool::new(&self.0.syntax),
            done: Vec::new(),
        })
    }
}

/// A row of the result and the time that it is ordered by.
struct Done {
    time: Option<f64>,
    rows: Batch,
}

struct Run {
    plan: Arc<Plan>,
    pool: Pool,
    done: Vec<Done>,
}

impl Run {
    /// Turns transactions that ended into rows.
    fn give(&mut self) {
        let syntax = &self.plan.syntax;
        for txn in self.pool.ended.drain(..) {
            if txn.kept || syntax.keepevicted {
                self.done.push(render::row(&txn, syntax));
            }
        }
        for row in self.pool.orphans.drain(..) {
            if syntax.keeporphans {
                self.done.push(render::orphan(&row));
            }
        }
    }
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        let mask = |f: &Option<Filter>| f.as_ref().map(|f| f.mask(&batch, cx));
        let (starts, ends) = (mask(&self.plan.starts), mask(&self.plan.ends));
        let batch = Arc::new(batch);
        for row in 0..batch.len {
            let is = |mask: &Option<Vec<bool>>| mask.as_ref().is_some_and(|m| m[row]);
            let (start, end) = (is(&starts), is(&ends));
            self.pool.take(Row { batch: Arc::clone(&batch), row }, &self.plan.fields, start, end);
        }
        if self.pool.evicted > 0 {
            let message = "more transactions were open than count at a time: the ones not used for \
                           the longest time were evicted; see maxopentxn and maxopenevents";
            (0..std::mem::take(&mut self.pool.evicted))
                .for_each(|_| cx.notice("SPL3173", message, true));
        }
        self.give();
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        self.pool.end();
        self.give();
        let mut done = std::mem::take(&mut self.done);
        // newest first; without a time last, in the order of their first rows
        done.sort_by(|a, b| {
            let key = |d: &Done| d.time.unwrap_or(f64::NEG_INFINITY);
            key(b).total_cmp(&key(a))
        });
        for chunk in done.chunks_mut(1024) {
            let mut all = Batch::default();
            chunk.iter_mut().for_each(|d| all.append(std::mem::take(&mut d.rows)));
            give(all)?;
        }
        Ok(())
    }
}
