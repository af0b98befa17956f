use super::{Rule, help};
use crate::walk::{self, search_span};
use crate::{Cx, Level, Raw};
use sepal_parser::ast::{SearchExpr, Span};
use sepal_parser::{TokenClass, tokens};
use std::collections::BTreeMap;

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
    let mut pairs: Option<BTreeMap<usize, usize>> = None;
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
                    if is_enclosed(cx.text(), pairs, span) {
                        continue;
                    }
                    let span = whole_parentheses(cx.text(), span);
                    let found = Raw::at(span, "OR is joined before AND here")
                        .label("these are the alternatives")
                        .help("put parentheses around what belongs together");
                    let plain = |e: Option<&SearchExpr>| {
                        matches!(e, Some(SearchExpr::Compare { .. } | SearchExpr::Term(_)))
                    };
                    let written = help::text(cx, span);
                    let whole = plain(alternatives.first())
                        && plain(alternatives.last())
                        && written.matches('(').count() == written.matches(')').count();
                    let found = if ahead { found } else { found.level(Level::Note) };
                    let fixed = format!("({written})");
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

/// The span with the parentheses around its first and last alternative, which are no part of them:
/// `a) OR (b` becomes `(a) OR (b)`.
fn whole_parentheses(text: &str, span: Span) -> Span {
    let r = span.range();
    let (mut depth, mut missing) = (0_usize, 0_usize);
    for (token, class) in tokens(text.get(r.clone()).unwrap_or_default()) {
        match (class, text.get(r.start + token.start as usize..r.start + token.end as usize)) {
            (TokenClass::Bracket, Some("(")) => depth += 1,
            (TokenClass::Bracket, Some(")")) if depth == 0 => missing += 1,
            (TokenClass::Bracket, Some(")")) => depth -= 1,
            _ => {}
        }
    }
    let (mut start, mut end) = (r.start, r.end);
    for _ in 0..missing {
        match text.get(..start).map(str::trim_end).filter(|t| t.ends_with('(')) {
            Some(before) => start = before.len() - 1,
            None => return span,
        }
    }
    for _ in 0..depth {
        let rest = text.get(end..).unwrap_or_default();
        match rest.trim_start().starts_with(')') {
            true => end += rest.len() - rest.trim_start().len() + 1,
            false => return span,
        }
    }
    Span::new(start, end)
}

fn is_about_one_field(alternatives: &[SearchExpr]) -> bool {
    let field = |e: &SearchExpr| match e {
        SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => field.node.clone(),
        _ => String::new(),
    };
    let first = alternatives.first().map(field).unwrap_or_default();
    alternatives.iter().all(|e| field(e) == first)
}

/// Where each parenthesis of a text is closed.
fn parentheses(text: &str) -> BTreeMap<usize, usize> {
    let (mut open, mut out) = (Vec::new(), BTreeMap::new());
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

/// Whether parentheses hold the span and nothing else: those right before it are tried outwards.
fn is_enclosed(text: &str, pairs: &BTreeMap<usize, usize>, span: Span) -> bool {
    let r = span.range();
    let mut before = text.get(..r.start).unwrap_or_default();
    loop {
        before = before.trim_end();
        if let Some(rest) = before.strip_suffix("NOT") {
            before = rest;
            continue;
        }
        let Some(rest) = before.strip_suffix('(') else { return false };
        let close = pairs.get(&rest.len()).copied().filter(|c| *c >= r.end);
        let gap = close.and_then(|c| text.get(r.end..c));
        if gap.is_some_and(|t| t.chars().all(|c| c == ')' || c.is_whitespace())) {
            return true;
        }
        before = rest;
    }
}
