use super::{Rule, help};
use crate::walk;
use crate::{Cx, Level, Raw};
use sepal_parser::ast::{CompareOp, SearchExpr};

pub(super) const RULE: Rule = Rule {
    code: "SPL6010",
    name: "not_equal_any",
    level: Level::Warning,
    on: true,
    needs_whole: false,
    summary: "`field!=*`, which is never true",
    why: "`field!=value` holds for events that have the field with another value; an event \
          without it does not pass. With `*` no value is another one, so that nothing passes. NOT \
          field=* finds the events without the field.",
    bad: "index=web user!=* | stats count BY host",
    good: "index=web NOT user=* | stats count BY host",
    source: "Splunk Search Manual, \"Difference between != and NOT\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for step in cx.flow.steps() {
        for condition in walk::conditions(&step.stage.command) {
            walk::search(condition, &mut |e| {
                if let SearchExpr::Compare { field, op: CompareOp::Ne, value, span } = e
                    && value.text == "*"
                {
                    let name = help::text(cx, field.span).to_owned();
                    let instead = format!("NOT {name}=*");
                    let found = Raw::at(*span, format!("`{name}!=*` lets nothing pass"))
                        .label("no value is another than any")
                        .help(format!("write `{instead}` for events without the field"));
                    let before = cx.text().get(..span.range().start).unwrap_or_default();
                    let negated = before.trim_end().ends_with("NOT");
                    out.push(if negated { found } else { found.fix(*span, instead) });
                }
            });
        }
    }
}
