use super::Rule;
use crate::walk;
use crate::{Cx, Level, Raw};
use sepal_exec::regex_engine::SplRegex;
use sepal_parser::ast::{ExprKind, Span};
use sepal_parser::commands::Command;

pub(super) const RULE: Rule = Rule {
    code: "SPL6023",
    name: "backtracking_regex",
    level: Level::Note,
    on: true,
    needs_whole: false,
    summary: "a regular expression that needs backtracking",
    why: "Look-around, back-references, atomic groups and possessive quantifiers can take time \
          that grows without bound with the text; Splunk gives up at a limit, and the value counts \
          as not matching. Most can be written with a group and plain repetition.",
    bad: "index=web | rex \"user=(?<user>\\w+)(?= from)\"",
    good: "index=web | rex \"user=(?<user>\\w+) from\"",
    source: "Splunk Search Reference, rex; limits.conf, [rex]",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for step in cx.flow.steps() {
        let mut tell = |span: Span, pattern: &str| {
            if SplRegex::new(pattern).is_ok_and(|r| r.backtracks()) {
                out.push(
                    Raw::at(span, "this pattern needs backtracking")
                        .help("avoid look-around and back-references"),
                );
            }
        };
        match &step.stage.command {
            Command::Rex(c) if !c.sed => tell(c.pattern.span, &c.pattern.node),
            Command::Regex(c) => tell(c.pattern.span, &c.pattern.node),
            _ => {}
        }
        for e in walk::expressions(&step.stage.command) {
            walk::expr(e, &mut |e| {
                if let ExprKind::Call { name, args } = &e.kind
                    && matches!(name.node.as_str(), "match" | "replace")
                    && let Some(pattern) = args.get(1)
                    && let ExprKind::String(text) = &pattern.kind
                {
                    tell(pattern.span, text);
                }
            });
        }
    }
}
