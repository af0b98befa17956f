//! `append`: the rows of a subsearch after the others.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::Plan;
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::commands::{Command, NamedOption};
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "append",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Puts the rows of a subsearch after the others.",
        syntax: "append [extendtimerange=<bool>] [maxtime=<int>] [maxout=<int>] [timeout=<int>] <subsearch>",
        details: "The subsearch reads the same inputs. maxout is the most rows that it gives: \
                  50,000 by default, 0 for all; that rows were cut is told. A subsearch is never \
                  cut by time here, so that maxtime and timeout have no effect; neither has \
                  extendtimerange.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/append",
        examples: &[CommandExample {
            title: "a row more",
            search: "| makeresults | eval a=1 | append [| makeresults | eval a=2] | table a",
            events: "",
            rows: r#"{"a":1}
{"a":2}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Append(a) => {
            let mut diagnostics = Vec::new();
            let mut maxout = DEFAULT_MAXOUT;
            for o in &a.options {
                match o.name.node.as_str() {
                    "extendtimerange" => check_bool(o, &mut diagnostics),
                    name => match (o.value.node.parse::<u64>(), name) {
                        (Ok(n), "maxout") => maxout = usize::try_from(n).unwrap_or(usize::MAX),
                        (Ok(_), _) => {}
                        (Err(_), _) => diagnostics.push(wrong(o, "a whole number")),
                    },
                }
            }
            match cx.subsearch(&a.search) {
                Ok(plan) if diagnostics.is_empty() => Ok(Op::Ordered(Box::new(Append {
                    plan: Arc::new(plan),
                    maxout: if maxout == 0 { usize::MAX } else { maxout },
                }))),
                Ok(_) => Err(diagnostics),
                Err(more) => {
                    diagnostics.extend(more);
                    Err(diagnostics)
                }
            }
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Rows that a subsearch gives where `maxout` is absent. Source: the page, "Optional arguments".
const DEFAULT_MAXOUT: usize = 50_000;

fn wrong(o: &NamedOption, needs: &str) -> Diagnostic {
    Diagnostic::error("SPL2122", o.value.span, format!("{}= needs {needs}", o.name.node))
        .label(format!("expected {needs}"))
}

fn check_bool(o: &NamedOption, diagnostics: &mut Vec<Diagnostic>) {
    let known = ["true", "t", "1", "false", "f", "0"];
    if !known.contains(&o.value.node.to_ascii_lowercase().as_str()) {
        diagnostics.push(wrong(o, "true or false"));
    }
}

/// All rows of a plan after the others.
pub(super) fn all_of(plan: Plan) -> Op {
    Op::Ordered(Box::new(Append { plan: Arc::new(plan), maxout: usize::MAX }))
}

struct Append {
    plan: Arc<Plan>,
    maxout: usize,
}

impl Operator for Append {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
    fn describe(&self) -> String {
        format!("a subsearch of {} command(s)", self.plan.ops.len() + 1)
    }
    fn subsearches(&self) -> Vec<&Plan> {
        vec![&self.plan]
    }
}

impl Ordered for Append {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(AppendRun { plan: Arc::clone(&self.plan), maxout: self.maxout })
    }
}

struct AppendRun {
    plan: Arc<Plan>,
    maxout: usize,
}

impl OrderedRun for AppendRun {
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        out.push(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let mut left = self.maxout;
        for mut batch in cx.subsearch(&self.plan)? {
            // their places are those of another search
            batch.order.clear();
            if batch.len > left {
                let rows: Vec<usize> = (0..left).collect();
                batch = batch.take(&rows);
                cx.notice(
                    "SPL3110",
                    format!(
                        "append kept the first {} rows of its subsearch; maxout=0 keeps all",
                        self.maxout
                    ),
                    true,
                );
                give(batch)?;
                break;
            }
            left -= batch.len;
            if !give(batch)? {
                break;
            }
        }
        Ok(())
    }
}
