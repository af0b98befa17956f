use super::Rule;
use super::unknown_macro::has_other_counts;
use crate::{Cx, Level, Raw};

pub(super) const RULE: Rule = Rule {
    code: "SPL6002",
    name: "macro_arguments",
    level: Level::Error,
    on: true,
    needs_whole: false,
    summary: "a macro with a number of arguments for which it is not defined",
    why: "Macros of one name with one and with two arguments are two macros. A call with another \
          number finds none of them, and Splunk refuses the search.",
    bad: "index=web | `since(_time, 1h)`",
    good: "index=web | `since(1h)`",
    source: "Splunk Knowledge Manager Manual, \"Define search macros in Settings\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for d in &cx.parsed.diagnostics {
        if d.code == "SPL4001" && has_other_counts(cx, &d.message) {
            let found = Raw::at(d.span, d.message.clone()).label("with another number of arguments");
            out.push(Raw { help: d.help.clone(), ..found });
        }
    }
}
