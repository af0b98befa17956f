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
            let shown = d.message.split('`').nth(1).unwrap_or_default();
            let (name, count) = shown.split_once('(').unwrap_or((shown, "0)"));
            let count = count.trim_end_matches(')');
            let noun = if count == "1" { "argument" } else { "arguments" };
            let message = format!("macro `{name}` is not defined with {count} {noun}");
            let help = match cx.macros.iter().any(|m| m.name == name) {
                true => d.help.clone(),
                false => Some(format!("`{name}` takes 1 argument, not {count}")),
            };
            out.push(Raw { help, ..Raw::at(d.span, message) });
        }
    }
}
