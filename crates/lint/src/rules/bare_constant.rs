use super::{Rule, help};
use crate::walk;
use crate::{Cx, Level, Raw};
use sepal_parser::ast::{CompareOp, ExprKind};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: "SPL6012",
    name: "bare_constant",
    level: Level::Warning,
    on: true,
    needs_whole: false,
    summary: "`null`, `true` or `false` without parentheses in an expression",
    why: "A word in an eval expression is the name of a field: x=null compares with the field \
          named null, which nobody has, and is never true. Write null(), true() and false(), and \
          isnull(x) to ask whether a field is there. Note where the field null stands for null.",
    bad: "index=web | where user=null",
    good: "index=web | where isnull(user)",
    source: "Splunk Search Reference, eval; \"Informational functions\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for step in cx.flow.steps() {
        let mut compared = BTreeSet::new();
        for (whole, op, lhs, rhs) in help::comparisons(&step.stage.command) {
            let Some(word) = help::bare(cx, rhs).filter(|w| is_meant(step, w)) else { continue };
            compared.insert(rhs.span.start);
            let left = help::text(cx, lhs.span);
            let (message, instead) = match (word.to_ascii_lowercase().as_str(), op) {
                ("null", CompareOp::Eq) => (": this is never true", format!("isnull({left})")),
                ("null", CompareOp::Ne) => (": this is never true", format!("isnotnull({left})")),
                _ => (", which no row has", format!("{left}=\"{word}\"")),
            };
            let found = Raw::at(rhs.span, format!("`{word}` is a field here{message}"))
                .label("not a constant")
                .help(format!("write `{instead}`"));
            let safe = instead.starts_with("is") && !left.is_empty();
            out.push(if safe { found.fix(whole.span, instead) } else { found });
        }
        for e in walk::expressions(&step.stage.command) {
            walk::expr(e, &mut |e| {
                let ExprKind::Field(_) = &e.kind else { return };
                let Some(word) = help::bare(cx, e).filter(|w| is_meant(step, w)) else { return };
                if compared.contains(&e.span.start) {
                    return;
                }
                let call = format!("{}()", word.to_ascii_lowercase());
                let found = Raw::at(e.span, format!("`{word}` is a field here, which is null"))
                    .label("not a constant")
                    .help(format!("write `{call}`"))
                    .fix(e.span, call.clone());
                // null by accident is null
                let right = call == "null()";
                out.push(if right { found.level(Level::Note) } else { found });
            });
        }
    }
}

/// Whether the constant is meant: the search makes no field of that name.
fn is_meant(step: &crate::flow::Step<'_>, word: &str) -> bool {
    help::is_constant(word) && !step.before.names.contains(word)
}
