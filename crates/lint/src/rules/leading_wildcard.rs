use super::{Rule, help};
use crate::walk;
use crate::{Cx, Level, Raw};
use sepal_parser::ast::{CompareOp, SearchExpr};
use sepal_parser::commands::Command;

pub(super) const RULE: Rule = Rule {
    code: "SPL6009",
    name: "leading_wildcard",
    level: Level::Warning,
    on: true,
    needs_whole: false,
    summary: "a search for nothing but terms that begin with a wildcard",
    why: "The index finds events by the beginnings of words. A term such as *error finds none \
          there, so that every event of the time range is read. A term or field beside it that \
          begins with text (index, sourcetype, a word) narrows it down.",
    bad: "message=\"*denied\" | stats count BY host",
    good: "index=web message=\"*denied\" | stats count BY host",
    source: "Splunk Search Manual, \"Wildcards\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for first in cx.flow.pipelines.iter().filter_map(|p| p.first()) {
        let Command::Search(c) = &first.stage.command else { continue };
        let mut wild = None;
        walk::search(&c.expr, &mut |e| {
            let found = match e {
                SearchExpr::Term(v) | SearchExpr::Compare { value: v, op: CompareOp::Eq, .. } => {
                    help::begins_wild(v).then_some(v.span)
                }
                SearchExpr::In { values, .. } => {
                    values.iter().find(|v| help::begins_wild(v)).map(|v| v.span)
                }
                _ => None,
            };
            wild = wild.or(found);
        });
        let Some(span) = wild.filter(|_| !narrows(&c.expr)) else { continue };
        out.push(
            Raw::at(span, "nothing in this search narrows down the events that are read")
                .label("no help for the index")
                .help("add an index, a sourcetype, or a word without a wildcard at its beginning"),
        );
    }
}

/// Whether the index can find the events of a condition.
fn narrows(e: &SearchExpr) -> bool {
    let text = |v: &sepal_parser::ast::SearchValue| !v.text.starts_with('*');
    match e {
        SearchExpr::And(list) => list.iter().any(narrows),
        SearchExpr::Or(list) => list.iter().all(narrows),
        SearchExpr::Compare { value, op: CompareOp::Eq, .. } => text(value),
        SearchExpr::In { values, .. } => values.iter().all(text),
        SearchExpr::Term(v) => text(v),
        SearchExpr::CompareSubsearch { .. }
        | SearchExpr::InSubsearch { .. }
        | SearchExpr::Subsearch(_) => true,
        SearchExpr::Compare { .. }
        | SearchExpr::Not(_)
        | SearchExpr::Time { .. }
        | SearchExpr::Call(_) => false,
    }
}
