//! What several rules need.

use crate::Cx;
use crate::flow::Step;
use crate::walk;
use sepal_content::yaml::{Kind, Node};
use sepal_parser::ast::{BinaryOp, CompareOp, Expr, ExprKind, SearchValue, Span};
use sepal_parser::commands::Command;
use std::ops::Range;

/// The expanded text of a span.
pub(super) fn text<'c>(cx: &'c Cx<'_>, span: Span) -> &'c str {
    cx.text().get(span.range()).unwrap_or_default()
}

/// A field of an expression that stands there as a word, not in single quotes.
pub(super) fn bare<'e>(cx: &Cx<'_>, e: &'e Expr) -> Option<&'e str> {
    match &e.kind {
        ExprKind::Field(name) if !text(cx, e.span).starts_with('\'') => Some(name),
        _ => None,
    }
}

/// The comparisons of a stage's expressions: operator and sides.
pub(super) fn comparisons(command: &Command) -> Vec<(&Expr, CompareOp, &Expr, &Expr)> {
    let mut out = Vec::new();
    for e in walk::expressions(command) {
        walk::expr(e, &mut |e| {
            if let ExprKind::Binary { op: BinaryOp::Compare(op), lhs, rhs } = &e.kind {
                out.push((e, *op, &**lhs, &**rhs));
            }
        });
    }
    out
}

/// Whether a name in an expression is `true`, `false` or `null`, written like a constant.
pub(super) fn is_constant(name: &str) -> bool {
    ["true", "false", "null"].iter().any(|c| name.eq_ignore_ascii_case(c))
}

/// Whether a value of `search` begins with `*` and has more than that.
pub(super) fn begins_wild(v: &SearchValue) -> bool {
    v.text.starts_with('*') && !v.text.trim_matches('*').is_empty()
}

/// Words that are compared to without quotes by mistake, and are hardly ever names of fields.
pub(super) const VALUES: &[&str] = &[
    "allowed",
    "blocked",
    "critical",
    "denied",
    "disabled",
    "enabled",
    "failed",
    "failure",
    "high",
    "informational",
    "low",
    "medium",
    "started",
    "stopped",
    "success",
];

/// Whether the right side of a comparison is a word where a text was meant: its span tells
/// `unknown_field` to leave it to `where_word`.
pub(super) fn is_word<'e>(
    cx: &Cx<'_>,
    step: &Step<'_>,
    op: CompareOp,
    lhs: &Expr,
    rhs: &'e Expr,
) -> Option<&'e str> {
    let word = bare(cx, rhs)?;
    let compares = matches!(op, CompareOp::Eq | CompareOp::Ne);
    // one side must be something that is there
    let left = match &lhs.kind {
        ExprKind::Field(name) => step.before.may_hold(name) && name != word,
        ExprKind::Call { .. } => true,
        _ => false,
    };
    if !compares || !left || is_constant(word) || step.before.names.contains(word) {
        return None;
    }
    if is_value(word) {
        return Some(word);
    }
    // a name that looks like a field's, or is one elsewhere, is a field that is missing
    let impossible = !step.before.may_hold(word) && step.before.other_case(word).is_none();
    let looks =
        word.contains(['_', '.', '{']) || step.before.names.iter().any(|n| n.contains(word));
    let elsewhere = || {
        let reads = |s: &Step<'_>| s.reads.list.iter().filter(|r| r.name == word).count();
        cx.flow.steps().map(reads).sum::<usize>() > 1
            || cx.flow.steps().any(|s| s.after.names.contains(word))
    };
    (impossible && !looks && !elsewhere()).then_some(word)
}

/// Whether a word is hardly ever the name of a field.
pub(super) fn is_value(word: &str) -> bool {
    VALUES.contains(&word.to_ascii_lowercase().as_str())
}

/// Where a text stands in the YAML: the scalars under one of `keys` anywhere below `node`.
pub(super) fn scalars<'n>(node: &'n Node, keys: &[&str], out: &mut Vec<&'n Node>) {
    match &node.kind {
        Kind::Map(entries) => {
            for (key, value) in entries {
                if keys.contains(&key.as_str()) && value.text().is_some() {
                    out.push(value);
                } else {
                    scalars(value, keys, out);
                }
            }
        }
        Kind::List(items) => items.iter().for_each(|n| scalars(n, keys, out)),
        _ => {}
    }
}

/// The parts of a detection's YAML that configure risk.
pub(super) fn risk_nodes(root: &Node) -> Vec<&Node> {
    let keys = ["rba", "finding", "intermediate_findings", "threat_objects"];
    let mut out: Vec<&Node> = keys.iter().filter_map(|k| root.get(k)).collect();
    if let Some(tags) = root.get("tags") {
        out.extend(tags.get("observable"));
        out.extend(tags.get("message"));
    }
    out
}

/// A node's place in the file.
pub(super) fn place(node: &Node) -> Range<usize> {
    node.offset..node.offset.saturating_add(node.len)
}

/// `a, b and 3 more`.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let shown: Vec<String> = names.iter().take(8).map(|n| format!("`{n}`")).collect();
    match names.len().saturating_sub(8) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A did-you-mean, or the fields that are there.
pub(super) fn fields_help(step: &Step<'_>, name: &str) -> String {
    fields_there(&step.before, name)
}

/// A did-you-mean, or the fields that are there.
pub(super) fn fields_there(fields: &crate::flow::Fields, name: &str) -> String {
    let names = || fields.names.iter().map(String::as_str);
    match sepal_parser::suggest(name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if fields.names.is_empty() => "there are no fields here".to_owned(),
        None => format!("there are {}", listed(names())),
    }
}
