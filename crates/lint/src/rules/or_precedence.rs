use super::{Rule, help};
use crate::walk::{self, search_span};
use crate::{Cx, Level, Raw};
use sepal_parser::ast::{SearchExpr, Span};
use sepal_parser::{TokenClass, tokens};

pub(super) const RULE: Rule = Rule {
    code: "SPL6018",
    name: "or_precedence",
    level: Level::Warning,
    on: true,
    needs_whole: false,
    summary: "AND and OR of different fields side by side, without parentheses",
    why: "search and the where of tstats join OR before AND, other than where, eval and most \
          languages: a=1 AND b=2 OR c=3 is a=1 AND (b=2 OR c=3). Parentheses say which one is \
          meant. Told only where AND is written out and the alternatives are about different \
          fields; note where the OR comes first. --fix writes the parentheses that Splunk thinks of.",
    bad: "index=web status=500 AND user=eve OR src=10.0.0.1",
    good: "index=web status=500 AND (user=eve OR src=10.0.0.1)",
    source: "Splunk Search Manual, \"Boolean expressions with logical operators\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    let mut pairs: Option<Vec<(usize, usize)>> = None;
    for step in cx.flow.steps() {
        for condition in walk::conditions(&step.stage.command) {
            walk::search(condition, &mut |e| {
                let SearchExpr::And(list) = e else { return };
                for (n, item) in list.iter().enumerate() {
                    let SearchExpr::Or(alternatives) = item else { continue };
                    let Some(span) = search_span(item) else { continue };
                    let before = n.checked_sub(1).and_then(|n| list.get(n)).and_then(search_span);
                    let after = list.get(n + 1).and_then(search_span);
                    // `a OR b AND c` mostly means what it does
                    let behind = after.is_some_and(|a| has_and(cx, span.end, a.start));
                    let ahead = before.is_some_and(|b| has_and(cx, b.end, span.start));
                    if !ahead && !behind || is_about_one_field(alternatives) {
                        continue;
                    }
                    let pairs = pairs.get_or_insert_with(|| parentheses(cx.text()));
                    if pairs.iter().any(|p| encloses(cx.text(), *p, span)) {
                        continue;
                    }
                    let found = Raw::at(span, "OR is joined before AND here")
                        .label("these are the alternatives")
                        .help("put parentheses around what belongs together");
                    let plain = |e: Option<&SearchExpr>| {
                        matches!(e, Some(SearchExpr::Compare { .. } | SearchExpr::Term(_)))
                    };
                    let whole = plain(alternatives.first()) && plain(alternatives.last());
                    let found = if ahead { found } else { found.level(Level::Note) };
                    let fixed = format!("({})", help::text(cx, span));
                    out.push(if whole { found.fix(span, fixed) } else { found });
                }
            });
        }
    }
}

fn has_and(cx: &Cx<'_>, from: u32, to: u32) -> bool {
    let gap = cx.text().get(from as usize..to as usize).unwrap_or_default();
    gap.split(|c: char| c.is_whitespace() || "()".contains(c)).any(|w| w == "AND")
}

fn is_about_one_field(alternatives: &[SearchExpr]) -> bool {
    let field = |e: &SearchExpr| match e {
        SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => field.node.clone(),
        _ => String::new(),
    };
    let first = alternatives.first().map(field).unwrap_or_default();
    alternatives.iter().all(|e| field(e) == first)
}

/// Offsets of the parentheses of a text that belong together.
fn parentheses(text: &str) -> Vec<(usize, usize)> {
    let (mut open, mut out) = (Vec::new(), Vec::new());
    for (span, class) in tokens(text) {
        match (class, text.get(span.range())) {
            (TokenClass::Bracket, Some("(")) => open.push(span.range().start),
            (TokenClass::Bracket, Some(")")) => {
                out.extend(open.pop().map(|o| (o, span.range().start)));
            }
            _ => {}
        }
    }
    out
}

/// Whether a pair of parentheses holds the span and nothing else.
fn encloses(text: &str, (open, close): (usize, usize), span: Span) -> bool {
    let r = span.range();
    let head = text.get(open + 1..r.start).map(|t| t.replace("NOT", ""));
    let only = |t: &str, c: char| t.trim().chars().all(|x| x == c || x.is_whitespace());
    head.is_some_and(|t| only(&t, '(')) && text.get(r.end..close).is_some_and(|t| only(t, ')'))
}
