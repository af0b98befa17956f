use super::Rule;
use crate::walk;
use crate::{Cx, Level, Raw};
use sepal_parser::ast::{CompareOp, SearchExpr};
use sepal_parser::commands::Command;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: "SPL6011",
    name: "not_equal_missing",
    level: Level::Note,
    on: false,
    needs_whole: false,
    summary: "`!=` on a field that events may lack",
    why: "`field!=value` drops the events that do not have the field, NOT field=value keeps them. \
          An exclusion usually means the second. Off by default: which one is meant cannot be seen, \
          and most uses are right.",
    bad: "index=web user!=\"root\" | stats count BY host",
    good: "index=web NOT user=\"root\" | stats count BY host",
    source: "Splunk Search Manual, \"Difference between != and NOT\"",
    check,
};

/// Every event has these.
const ALWAYS: &[&str] =
    &["_raw", "_time", "host", "index", "linecount", "source", "sourcetype", "splunk_server"];

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for first in cx.flow.pipelines.iter().filter_map(|p| p.first()) {
        let Command::Search(c) = &first.stage.command else { continue };
        let mut asked: BTreeSet<&str> = ALWAYS.iter().copied().collect();
        walk::search(&c.expr, &mut |e| match e {
            SearchExpr::Compare { field, op: CompareOp::Eq, .. } | SearchExpr::In { field, .. } => {
                asked.insert(&field.node);
            }
            _ => {}
        });
        walk::search(&c.expr, &mut |e| {
            if let SearchExpr::Compare { field, op: CompareOp::Ne, value, span } = e
                && value.text != "*"
                && !asked.contains(field.node.as_str())
            {
                let name = &field.node;
                out.push(
                    Raw::at(*span, format!("events without `{name}` do not pass"))
                        .help(format!("write `NOT {name}=...` to keep them")),
                );
            }
        });
    }
}
