use super::{Rule, help};
use crate::walk;
use crate::{Cx, Level, Raw};
use sepal_parser::ast::SearchExpr;

pub(super) const RULE: Rule = Rule {
    code: "SPL6013",
    name: "keyword_value",
    level: Level::Warning,
    on: true,
    needs_whole: false,
    summary: "an operator in the place of a value, without quotes",
    why: "In field=NOT value the word NOT is the value, and what follows is a term to search for \
          in the whole event. Write NOT field=value for the operator, quotes for the word.",
    bad: "index=web action=NOT blocked",
    good: "index=web NOT action=blocked",
    source: "Splunk Search Reference, search",
    check,
};

const OPERATORS: &[&str] = &["AND", "OR", "NOT", "IN", "BY", "AS"];

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for step in cx.flow.steps() {
        for condition in walk::conditions(&step.stage.command) {
            walk::search(condition, &mut |e| {
                let SearchExpr::Compare { field, value, .. } = e else { return };
                if value.quoted || !OPERATORS.contains(&value.text.as_str()) {
                    return;
                }
                let (name, word) = (help::text(cx, field.span), &value.text);
                let message = format!("`{word}` is the value that `{name}` is compared with");
                out.push(Raw::at(value.span, message).label("not an operator").help(format!(
                    "put the operator before `{name}`, or write `{name}=\"{word}\"`"
                )));
            });
        }
    }
}
