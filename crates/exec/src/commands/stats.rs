//! `stats`: aggregates over groups.

mod plan;
pub(crate) mod prestats;
mod run;

pub(super) use plan::{Arg, Fixed, POINTS, StatsPlan};
pub(super) use run::{StatsRun, times_of};

use super::{Class, CommandSpec, Op, Operator, Partial, PartialRun};
use crate::doc::{CommandDoc, CommandExample};
use sepal_data::Value;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use sepal_parser::commands::stats::Stats as StatsSyntax;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "stats",
    aliases: &["sistats"],
    class: Class::Partial,
    doc: CommandDoc {
        summary: "Aggregates over all rows, or over the rows of each combination of BY values.",
        syntax: "stats <stats-func>(<wc-field>|eval(<expr>)) [AS <wc-field>]... [BY <field-list>] \
                 [dedup_splitvals=<bool>]",
        details: "Only the BY fields and the aggregates are left. Rows in which a BY field is null \
                  are left out; a multivalue BY field counts for each of its values. Without BY \
                  there is always one row. Rows come sorted by the BY values as text. Rows that \
                  tstats or mstats made with prestats=true are finished, by the functions that \
                  made them.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/stats",
        examples: &[CommandExample {
            title: "count by a field, and where a condition holds",
            search: r#"* | stats count count(eval(code="404")) AS missing BY host"#,
            events: r#"{"host":"b","code":404}
{"host":"a","code":200}
{"host":"b","code":200}"#,
            rows: r#"{"host":"a","count":1,"missing":0}
{"host":"b","count":2,"missing":1}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Stats(s) => {
            let mut plan = StatsPlan::new(s)?;
            plan.over_prestats(&stage.name, cx)?;
            Ok(Op::Partial(Box::new(Stats { plan: Arc::new(plan) })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// The operator of that syntax.
pub(super) fn operator(s: &StatsSyntax) -> Result<Op, Vec<Diagnostic>> {
    Ok(Op::Partial(Box::new(Stats { plan: Arc::new(StatsPlan::new(s)?) })))
}

struct Stats {
    plan: Arc<StatsPlan>,
}

impl Operator for Stats {
    fn needed(&self, _: FieldSet) -> FieldSet {
        self.plan.needed()
    }
    fn describe(&self) -> String {
        let fill = if self.plan.fill.is_some() { ", null BY values filled at the end" } else { "" };
        match self.plan.by.len() {
            0 => "one group".to_owned(),
            n => format!("groups by {n} field(s){fill}"),
        }
    }
}

impl Partial for Stats {
    fn start(&self) -> Box<dyn PartialRun> {
        Box::new(StatsRun::new(Arc::clone(&self.plan)))
    }
    fn needs_order(&self) -> bool {
        self.plan.needs_order
    }
    fn defer_fill(&mut self, fill: &Value) -> bool {
        let counts = self.plan.fixed.iter().all(|f| matches!(f.argument, Arg::None));
        match Arc::get_mut(&mut self.plan) {
            Some(plan) if counts && plan.wild.is_empty() => {
                plan.fill = Some(fill.clone());
                true
            }
            _ => false,
        }
    }
}
