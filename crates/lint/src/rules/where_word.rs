use super::{Rule, help};
use crate::{Cx, Level, Raw};

pub(super) const RULE: Rule = Rule {
    code: "SPL6015",
    name: "where_word",
    level: Level::Error,
    on: true,
    needs_whole: true,
    summary: "an expression that compares with a word without quotes",
    why: "In where and eval a word is the name of a field, so that action=failure compares two \
          fields. Without a field of that name it is never true. In search the right side is a \
          text, there the quotes may be left out. Error where no such field can be there, warning \
          where the word looks like a value. --fix quotes words such as failure or blocked where no \
          such field can be there.",
    bad: "index=web | stats count BY action | where action=failure",
    good: "index=web | stats count BY action | where action=\"failure\"",
    source: "Splunk Search Reference, where, \"Comparison\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for step in cx.flow.steps() {
        for (_, op, lhs, rhs) in help::comparisons(&step.stage.command) {
            let Some(word) = help::is_word(cx, step, op, lhs, rhs) else { continue };
            let sure = !step.before.may_hold(word);
            let found = Raw::at(rhs.span, format!("`{word}` is a field here, not a text"))
                .label(if sure { "no row has this field" } else { "the name of a field" })
                .help(format!("write `\"{word}\"`"));
            out.push(match (sure, help::is_value(word)) {
                (true, true) => found.fix(rhs.span, format!("\"{word}\"")),
                (true, false) => found,
                (false, _) => found.level(Level::Warning),
            });
        }
    }
}
