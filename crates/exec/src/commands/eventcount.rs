//! `eventcount`: how many events there are.

use super::{Class, CommandSpec, Generating, Op, Operator};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::{Plan, PlanCx};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Span, Spanned};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "eventcount",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Counts the events of the inputs.",
        syntax: "eventcount [index=<string>]... [summarize=<bool>] [report_size=<bool>] \
                 [list_vix=<bool>]",
        details: "index may hold wildcards and be given several times; without it the events of \
                  all inputs are counted. summarize=false gives a row for each index, with local \
                  as its server. Sizes of indexes are not known: report_size=true is refused. \
                  list_vix has no effect.",
        source: "help.splunk.com/splunk-enterprise/spl-search-reference/9.4/search-commands/eventcount",
        examples: &[CommandExample {
            title: "all events",
            search: "| eventcount",
            events: r#"{"a":1}
{"a":2}"#,
            rows: r#"{"count":2}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Eventcount(e) => {
            if let Some(size) = e.report_size.as_ref().filter(|s| s.node) {
                return Err(vec![
                    Diagnostic::unsupported("SPL2286", size.span, "report_size")
                        .label("there is no index whose size could be told"),
                ]);
            }
            let rest = match e.summarize.unwrap_or(true) {
                true => "stats count",
                false => "stats count BY index | eval server=\"local\"",
            };
            over_events(&e.indexes, rest, stage.name.span, cx)
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// The rows of a search over the events of some indexes, or all.
pub(super) fn over_events(
    indexes: &[Spanned<String>],
    rest: &str,
    span: Span,
    cx: &mut PlanCx,
) -> Result<Op, Vec<Diagnostic>> {
    let one = |i: &Spanned<String>| format!("index=\"{}\"", i.node.replace(['"', '\\'], "?"));
    let filter = match indexes {
        [] => "*".to_owned(),
        all => format!("({})", all.iter().map(one).collect::<Vec<_>>().join(" OR ")),
    };
    let parsed = sepal_parser::parse(&format!("search {filter} | {rest}"));
    let at = |mut d: Diagnostic| {
        d.span = span;
        d
    };
    if parsed.has_errors() {
        return Err(parsed.diagnostics.into_iter().map(at).collect());
    }
    match cx.subsearch(&parsed.pipeline) {
        Ok(plan) => Ok(Op::Generating(Box::new(OverEvents { plan }))),
        Err(ds) => Err(ds.into_iter().map(at).collect()),
    }
}

struct OverEvents {
    plan: Plan,
}

impl Operator for OverEvents {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::new()
    }
}

impl Generating for OverEvents {
    fn rows(&self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        cx.subsearch(&self.plan)
    }
}
