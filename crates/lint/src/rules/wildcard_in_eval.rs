use super::{Rule, help};
use crate::{Cx, Level, Raw};
use sepal_parser::ast::{CompareOp, ExprKind};

pub(super) const RULE: Rule = Rule {
    code: "SPL6017",
    name: "wildcard_in_eval",
    level: Level::Warning,
    on: true,
    needs_whole: false,
    summary: "`*` in a text that where or eval compares by `=`",
    why: "In search a `*` in a value stands for any text. In where and eval `=` compares letter by \
          letter, so that \"*admin*\" equals only itself. Write like(field, \"%admin%\"), match() \
          or searchmatch().",
    bad: "index=web | where user=\"*admin*\"",
    good: "index=web | where like(user, \"%admin%\")",
    source: "Splunk Search Reference, where, \"Wildcards\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for step in cx.flow.steps() {
        for (_, op, lhs, rhs) in help::comparisons(&step.stage.command) {
            let equal = matches!(op, CompareOp::Eq | CompareOp::Ne);
            let ExprKind::String(value) = &rhs.kind else { continue };
            if !equal || !value.contains('*') || value.trim_matches('*').is_empty() {
                continue;
            }
            // a literal star in the middle is a text, at the ends it is meant as a wildcard
            if !value.starts_with('*') && !value.ends_with('*') {
                continue;
            }
            let left = help::text(cx, lhs.span);
            let not = if op == CompareOp::Ne { "NOT " } else { "" };
            // in these `like` has wildcards of its own
            let help = match value.contains(['%', '_']) {
                true => format!("write `{not}match({left}, ...)` with a regular expression"),
                false => format!("write `{not}like({left}, \"{}\")`", value.replace('*', "%")),
            };
            out.push(
                Raw::at(rhs.span, "`*` is no wildcard here")
                    .label("compared letter by letter")
                    .help(help),
            );
        }
    }
}
