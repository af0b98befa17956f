//! The language of `search` as a condition over rows: what `searchmatch()` asks.

use super::Cell;
use super::compile::{Compiler, Node, NodeBox, Row};
use super::logic::{And, Not, Or};
use crate::functions::Cidr;
use crate::run_cx::RunCx;
use sepal_data::wildcard::Pattern;
use sepal_data::{Value, number};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{CompareOp, SearchExpr, SearchValue, Span, TermKind};
use std::cmp::Ordering;

/// A condition that is never null: what a row lacks does not match.
///
/// Source: Splunk Search Reference, search; Search Manual, "Difference between != and NOT".
pub(crate) fn condition(c: &mut Compiler, expr: &SearchExpr) -> NodeBox {
    match expr {
        SearchExpr::And(all) => Box::new(And(all.iter().map(|e| condition(c, e)).collect())),
        SearchExpr::Or(any) => Box::new(Or(any.iter().map(|e| condition(c, e)).collect())),
        SearchExpr::Not(inner) => Box::new(Not(condition(c, inner))),
        SearchExpr::Compare { field, op, value, .. } => {
            field_matches(c, &field.node, vec![Want::new(*op, value)])
        }
        SearchExpr::In { field, values, .. } => {
            let wants = values.iter().map(|v| Want::new(CompareOp::Eq, v)).collect();
            field_matches(c, &field.node, wants)
        }
        SearchExpr::Term(value) => {
            let slot = c.slot("_raw");
            Box::new(RawTerm { slot, term: Term::new(value) })
        }
        SearchExpr::Time { .. } => c.constant(Cell::Bool(true)),
        SearchExpr::Call(call) => {
            let node = c.node(call);
            Box::new(Certain(node))
        }
        SearchExpr::Subsearch(p) => {
            let d = Diagnostic::unsupported("SPL2002", p.span, "a subsearch here");
            c.fail(d.help("the planner replaces subsearches in `search` and `where`"))
        }
    }
}

fn field_matches(c: &mut Compiler, field: &str, wants: Vec<Want>) -> NodeBox {
    if field.contains('*') {
        c.read_whole_row();
        return Box::new(AnyField { names: Pattern::case_sensitive(field), wants });
    }
    Box::new(OneField { slot: c.slot(field), wants })
}

/// What a field is compared with.
struct Want {
    op: CompareOp,
    pattern: Pattern,
    number: Option<f64>,
    cidr: Option<Cidr>,
}

impl Want {
    fn new(op: CompareOp, value: &SearchValue) -> Want {
        let pattern = match value.kind {
            TermKind::Case => Pattern::case_sensitive(&value.text),
            _ => Pattern::new(&value.text),
        };
        let cidr = if value.text.contains('/') { Cidr::parse(&value.text) } else { None };
        Want { op, pattern, number: number::parse(&value.text), cidr }
    }

    /// Whether a value or one of its members fits; a missing field never does.
    fn holds(&self, v: &Value) -> bool {
        v.members().iter().any(|m| self.member(m))
    }

    fn member(&self, v: &Value) -> bool {
        let text = v.text();
        let same = || self.pattern.is_match(&text) || self.cidr.is_some_and(|c| c.holds(&text));
        let order = || match (v.number(), self.number) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => Some(text.as_ref().cmp(self.pattern.text())),
        };
        match self.op {
            CompareOp::Eq => same(),
            CompareOp::Ne => !same(),
            CompareOp::Lt => order() == Some(Ordering::Less),
            CompareOp::Gt => order() == Some(Ordering::Greater),
            CompareOp::Le => matches!(order(), Some(Ordering::Less | Ordering::Equal)),
            CompareOp::Ge => matches!(order(), Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

struct OneField {
    slot: u32,
    wants: Vec<Want>,
}
impl Node for OneField {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, _: &RunCx) -> Option<bool> {
        let v = row.field(self.slot);
        Some(self.wants.iter().any(|w| w.holds(v)))
    }
}

/// `a*=x`: one of the fields of that name.
struct AnyField {
    names: Pattern,
    wants: Vec<Want>,
}
impl Node for AnyField {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, _: &RunCx) -> Option<bool> {
        let mut fields = row.batch().row(row.row).filter(|(n, _)| self.names.is_match(n));
        Some(fields.any(|(_, v)| self.wants.iter().any(|w| w.holds(v))))
    }
}

/// A null condition of a call is false here.
struct Certain(NodeBox);
impl Node for Certain {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        Some(self.0.test(row, cx) == Some(true))
    }
}

/// A word or phrase in `_raw`.
struct RawTerm {
    slot: u32,
    term: Term,
}
impl Node for RawTerm {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, _: &RunCx) -> Option<bool> {
        Some(row.field(self.slot).members().iter().any(|m| self.term.is_in(&m.text())))
    }
}

/// A term stands between characters that are no part of a word; `*` is any text without a break.
enum Term {
    Any,
    Regex(Box<regex::Regex>),
    /// Too long for a regex: compared as a plain text.
    Text(String),
}

impl Term {
    fn new(value: &SearchValue) -> Term {
        let text = value.text.trim();
        if text.chars().all(|c| c == '*') {
            return Term::Any;
        }
        let flag = if value.kind == TermKind::Case { "(?s)" } else { "(?is)" };
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let parts: Vec<String> = text.split('*').map(regex::escape).collect();
        let begin = if edge(text.chars().next()) { "(?:^|[^\\pL\\pN_])" } else { "" };
        let end = if edge(text.chars().next_back()) { "(?:$|[^\\pL\\pN_])" } else { "" };
        let pattern = format!("{flag}{begin}{}{end}", parts.join("[^\\s]*"));
        match regex::Regex::new(&pattern) {
            Ok(re) => Term::Regex(Box::new(re)),
            Err(_) => Term::Text(text.to_lowercase()),
        }
    }

    fn is_in(&self, raw: &str) -> bool {
        match self {
            Term::Any => true,
            Term::Regex(re) => re.is_match(raw),
            Term::Text(t) => raw.to_lowercase().contains(t.as_str()),
        }
    }
}

/// The condition of a search text that `searchmatch()` was given.
pub(crate) fn parse(c: &mut Compiler, text: &str, span: Span) -> NodeBox {
    use sepal_parser::commands::Command;
    let parsed = sepal_parser::parse(text);
    if let [stage] = parsed.pipeline.stages.as_slice()
        && !parsed.has_errors()
        && let Command::Search(search) = &stage.command
    {
        return condition(c, &search.expr);
    }
    let why = parsed.diagnostics.first().map(|d| d.message.clone());
    let d = Diagnostic::error("SPL2011", span, "this is no search condition");
    c.fail(d.label(why.unwrap_or_else(|| "it can hold no other command".to_owned())))
}
