use super::Rule;
use crate::{Cx, Level, Raw};
use sepal_parser::ast::Spanned;
use sepal_parser::commands::Command;
use sepal_parser::commands::from::From;

pub(super) const RULE: Rule = Rule {
    code: "SPL6003",
    name: "unknown_lookup",
    level: Level::Error,
    on: true,
    needs_whole: false,
    summary: "a lookup that is not defined",
    why: "Splunk refuses a search that names a lookup without a definition or table. Told where \
          --lookups names the folders of lookups; one of another app belongs in a folder too.",
    bad: "index=web | lookup hsots ip OUTPUT name",
    good: "index=web | lookup hosts ip OUTPUT name",
    source: "Splunk Search Reference, lookup",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    let Some(lookups) = cx.lookups else { return };
    // a table that the search itself makes
    let written: Vec<&str> = cx
        .flow
        .steps()
        .filter_map(|s| match &s.stage.command {
            Command::Outputlookup(c) => Some(c.table.node.as_str()),
            _ => None,
        })
        .collect();
    for step in cx.flow.steps() {
        let table: &Spanned<String> = match &step.stage.command {
            Command::Lookup(c) => &c.table,
            Command::Inputlookup(c) => &c.table,
            Command::From(c) => match &**c {
                From::Lookup(table) => table,
                _ => continue,
            },
            _ => continue,
        };
        if written.contains(&table.node.as_str()) {
            continue;
        }
        if let Err(e) = lookups.find(&table.node)
            && e.code == "SPL4110"
        {
            let found = Raw::at(table.span, e.message).label("no such lookup");
            out.push(Raw { help: e.help, ..found });
        }
    }
}
