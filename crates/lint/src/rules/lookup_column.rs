use super::{Rule, help};
use crate::{Cx, Level, Raw};
use sepal_exec::lookup::header;
use sepal_parser::commands::Command;

pub(super) const RULE: Rule = Rule {
    code: "SPL6007",
    name: "lookup_column",
    level: Level::Error,
    on: true,
    needs_whole: false,
    summary: "a column that the table of the lookup does not have",
    why: "A lookup compares and gives the columns of its table. Splunk refuses a search that names \
          another one.",
    bad: "index=web | lookup hosts ip OUTPUT owner",
    good: "index=web | lookup hosts ip OUTPUT name",
    source: "Splunk Search Reference, lookup",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    let Some(lookups) = cx.lookups else { return };
    for step in cx.flow.steps() {
        let Command::Lookup(c) = &step.stage.command else { continue };
        let Ok(definition) = lookups.find(&c.table.node) else { continue };
        let Ok(columns) = header(lookups, &definition) else { continue };
        let given = c.output.iter().flat_map(|o| &o.fields);
        for f in c.inputs.iter().chain(given) {
            let name = f.column.node.as_str();
            // a KV store's rows have a key that its table need not show
            let hidden = definition.kv_store && name.starts_with('_');
            if hidden || columns.iter().any(|c| c.as_str() == name) {
                continue;
            }
            let message = format!("lookup `{}` has no column `{name}`", c.table.node);
            let there = help::listed(columns.iter().map(|c| c.as_str()));
            out.push(
                Raw::at(f.column.span, message)
                    .label("not in its table")
                    .help(format!("its columns are {there}")),
            );
        }
    }
}
