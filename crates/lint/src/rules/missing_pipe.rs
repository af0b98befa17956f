use super::Rule;
use crate::{Cx, Level, Raw};

pub(super) const RULE: Rule = Rule {
    code: "SPL6016",
    name: "missing_pipe",
    level: Level::Warning,
    on: true,
    needs_whole: false,
    summary: "the name of a command among search terms",
    why: "Without a pipe before it, a command's name is a word to search for, and so is all that \
          follows.",
    bad: "index=web status=500 stats count BY host",
    good: "index=web status=500 | stats count BY host",
    source: "Splunk Search Manual, \"Anatomy of a search\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for d in cx.parsed.diagnostics.iter().filter(|d| matches!(d.code, "SPL0012" | "SPL0015")) {
        let found = Raw::at(d.span, d.message.clone()).label(d.label.clone());
        out.push(Raw { help: d.help.clone(), ..found });
    }
}
