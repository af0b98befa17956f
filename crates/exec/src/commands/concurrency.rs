//! `concurrency`: how many events go on when each begins.

use super::given::write_given;
use super::held::Held;
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "concurrency",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Counts for each event how many go on when it begins.",
        syntax: "concurrency duration=<field> [start=<field>] [output=<field>]",
        details: "An event goes on from its start up to start + duration, both included; it counts \
                  itself. start is _time and output is concurrency where none is given. A row \
                  whose start or duration is no number, or whose duration is negative, gets \
                  nothing and does not count.",
        source: "help.splunk.com/splunk-enterprise/spl-search-reference/9.3/search-commands/concurrency",
        examples: &[CommandExample {
            title: "sessions",
            search: "* | concurrency duration=secs | table _time secs concurrency",
            events: r#"{"_time":30,"secs":5}
{"_time":12,"secs":1}
{"_time":10,"secs":10}"#,
            rows: r#"{"_time":30,"secs":5,"concurrency":1}
{"_time":12,"secs":1,"concurrency":2}
{"_time":10,"secs":10,"concurrency":1}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Concurrency(c) => Ok(Op::Ordered(Box::new(Concurrency {
            duration: FieldName::new(&c.duration.node),
            start: FieldName::new(c.start.as_ref().map_or("_time", |f| &f.node)),
            output: FieldName::new(c.output.as_ref().map_or("concurrency", |f| &f.node)),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

#[derive(Clone)]
struct Concurrency {
    duration: FieldName,
    start: FieldName,
    output: FieldName,
}

impl Concurrency {
    /// When the event of a row begins and ends.
    fn span(&self, batch: &Batch, row: usize) -> Option<(f64, f64)> {
        let start = batch.get(&self.start, row).number()?;
        let duration = batch.get(&self.duration, row).number()?;
        (duration >= 0.0 && start.is_finite()).then_some((start, start + duration))
    }
}

impl Operator for Concurrency {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert(&self.duration);
        after.insert(&self.start);
        after
    }
}

impl Ordered for Concurrency {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run {
            plan: self.clone(),
            held: Held::new(),
            starts: Vec::new(),
            ends: Vec::new(),
        })
    }
}

struct Run {
    plan: Concurrency,
    held: Held,
    starts: Vec<f64>,
    ends: Vec<f64>,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        for (start, end) in (0..batch.len).filter_map(|row| self.plan.span(&batch, row)) {
            self.starts.push(start);
            self.ends.push(end);
        }
        self.held.push(batch, cx)?;
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        self.starts.sort_unstable_by(f64::total_cmp);
        self.ends.sort_unstable_by(f64::total_cmp);
        let (plan, starts, ends) = (&self.plan, &self.starts, &self.ends);
        self.held.drain(cx, None, &mut |mut batch| {
            let one = |row: usize| {
                let Some((at, _)) = plan.span(&batch, row) else { return Value::Null };
                let begun = starts.partition_point(|s| *s <= at);
                let over = ends.partition_point(|e| *e < at);
                Value::Num(begun.saturating_sub(over) as f64)
            };
            let counts = (0..batch.len).map(one).collect();
            write_given(&mut batch, &plan.output, counts);
            give(batch)
        })
    }
}
