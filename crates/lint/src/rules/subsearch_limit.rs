use super::Rule;
use crate::{Cx, Level, Raw};
use sepal_parser::ast::Pipeline;
use sepal_parser::commands::Command;

pub(super) const RULE: Rule = Rule {
    code: "SPL6008",
    name: "subsearch_limit",
    level: Level::Note,
    on: true,
    needs_whole: false,
    summary: "a subsearch of join or append, whose rows are cut at 50,000",
    why: "join and append take the first 50,000 rows of their subsearch and stop it after 60 \
          seconds, without an error. Over events stats often does the same in one search: search \
          for both kinds of events, then group by the common field.",
    bad: "index=web | join user [search index=vpn]",
    good: "index=web OR index=vpn | stats values(src) dc(index) AS kinds BY user | where kinds=2",
    source: "Splunk Search Reference, join, append; limits.conf, [join] and [searchresults]",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for step in cx.flow.steps() {
        let (search, name) = match &step.stage.command {
            Command::Join(c) => (&c.search, "join"),
            Command::Append(c) => (&c.search, "append"),
            _ => continue,
        };
        if is_small(search) {
            continue;
        }
        let message =
            format!("`{name}` takes the first 50,000 rows of its subsearch, for 60 seconds");
        out.push(
            Raw::at(step.stage.name.span, message)
                .label("what is beyond is missing, without an error")
                .help("group in the subsearch, or search for both with OR and use stats"),
        );
    }
}

/// A table, made-up rows, or groups: hardly 50,000 of them.
fn is_small(search: &Pipeline) -> bool {
    search.stages.iter().any(|s| {
        matches!(
            s.command,
            Command::Inputlookup(_)
                | Command::Makeresults(_)
                | Command::Stats(_)
                | Command::Tstats(_)
                | Command::Mstats(_)
                | Command::Chart(_)
                | Command::Top(_)
                | Command::Head(_)
                | Command::Metadata(_)
        )
    })
}
