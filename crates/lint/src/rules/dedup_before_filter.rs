use super::Rule;
use crate::flow::How;
use crate::{Cx, Level, Raw};
use sepal_parser::commands::Command;

pub(super) const RULE: Rule = Rule {
    code: "SPL6021",
    name: "dedup_before_filter",
    level: Level::Warning,
    on: true,
    needs_whole: false,
    summary: "a dedup before a condition on another field",
    why: "dedup keeps the first row of each value, the newest event. A condition behind it asks \
          only that one: an older event that fulfils it is already gone. Filter first; where the \
          state of the newest event is meant, say so by dedup's sortby or a sort before it.",
    bad: "index=web | dedup user | where status=500",
    good: "index=web | where status=500 | dedup user",
    source: "Splunk Search Reference, dedup",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for steps in &cx.flow.pipelines {
        for (n, pair) in steps.windows(2).enumerate() {
            let [first, second] = pair else { continue };
            let Command::Dedup(c) = &first.stage.command else { continue };
            let sorted = |s: &crate::flow::Step<'_>| matches!(s.stage.command, Command::Sort(_));
            let before = n.checked_sub(1).and_then(|n| steps.get(n)).is_some_and(sorted);
            let filters = matches!(second.stage.command, Command::Where(_) | Command::Search(_));
            if before || !c.sortby.is_empty() || !filters {
                continue;
            }
            let other = second
                .reads
                .list
                .iter()
                .filter(|r| r.how == How::Filter)
                .find(|r| !c.fields.iter().any(|f| f.node == r.name));
            let Some(other) = other else { continue };
            let message = format!("the condition on `{}` asks one row of each value", other.name);
            out.push(
                Raw::at(first.stage.span, message)
                    .label("rows that fulfil it may be dropped here")
                    .help("filter before the `dedup`"),
            );
        }
    }
}
