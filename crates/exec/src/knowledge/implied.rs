//! What a condition says about events as they are, before the rules have made their fields: the
//! scan asks it first, so that most events need no rule.

use super::{Rule, StampField, Step};
use crate::search::{Test, implied};
use sepal_data::wildcard::Pattern;
use sepal_parser::ast::{CompareOp, SearchExpr, SearchValue, Spanned, TermKind};
use std::sync::Arc;

/// Where a field may come from. More than this many places and nothing is said of it.
const MOST: usize = 48;

/// Which fields rules make, and of what.
pub(super) struct Fields<'r> {
    rules: &'r [Arc<Rule>],
}

/// Where the value of a field after the rules stood before them.
#[derive(Default)]
struct Origins<'r> {
    /// Under one of these names.
    names: Vec<String>,
    /// Or in the event's text, which an extraction read as a field of this name.
    texts: Vec<(&'r Step, String)>,
}

impl<'r> Fields<'r> {
    pub fn new(rules: &'r [Arc<Rule>]) -> Self {
        Fields { rules }
    }

    /// Whether the condition may be about something that rules make.
    pub fn touches(&self, expr: &SearchExpr) -> bool {
        match expr {
            SearchExpr::And(es) | SearchExpr::Or(es) => es.iter().any(|e| self.touches(e)),
            SearchExpr::Not(e) => self.touches(e),
            SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => {
                self.makes(&field.node)
            }
            SearchExpr::Term(_) => self.changes_text(),
            SearchExpr::Time { .. } => false,
            // an outline, which is planned again with what they gave
            SearchExpr::CompareSubsearch { .. }
            | SearchExpr::InSubsearch { .. }
            | SearchExpr::Subsearch(_) => false,
            SearchExpr::Call(_) => true,
        }
    }

    /// Whether a rule writes the event's text anew, as `SEDCMD` does.
    fn changes_text(&self) -> bool {
        self.rules.iter().flat_map(|r| &r.body.steps).any(|s| match s {
            Step::Command { outputs: Some(all), .. } => all.iter().any(|o| o == "_raw"),
            _ => false,
        })
    }

    fn makes(&self, field: &str) -> bool {
        let typed = matches!(field, "tag" | "eventtype");
        typed
            || field.contains('*')
            || self.rules.iter().flat_map(|r| &r.body.steps).any(|s| s.may_give(field))
            || StampField::of(field).is_some_and(|f| {
                self.rules.iter().flat_map(|r| &r.stamps).any(|given| given.field == f)
            })
    }

    /// A condition on events as they are that holds wherever `expr` holds after the rules; none
    /// where nothing can be said.
    pub fn implied(&self, expr: &SearchExpr) -> Option<SearchExpr> {
        implied(expr, &|leaf| self.of_leaf(leaf))
    }

    fn of_leaf(&self, expr: &SearchExpr) -> Option<SearchExpr> {
        match expr {
            SearchExpr::Compare { field, op: CompareOp::Eq, value, .. }
                if matches!(field.node.as_str(), "tag" | "eventtype") =>
            {
                self.of_type(expr, &field.node, value)
            }
            SearchExpr::Compare { field, op, value, .. } => {
                self.elsewhere(expr, &field.node, *op, std::slice::from_ref(value))
            }
            SearchExpr::In { field, values, .. } => {
                self.elsewhere(expr, &field.node, CompareOp::Eq, values)
            }
            SearchExpr::Term(_) if self.changes_text() => None,
            SearchExpr::Term(_) | SearchExpr::Time { .. } => Some(expr.clone()),
            _ => None,
        }
    }

    /// The same comparison wherever the field's value may come from.
    fn elsewhere(
        &self,
        expr: &SearchExpr,
        field: &str,
        op: CompareOp,
        values: &[SearchValue],
    ) -> Option<SearchExpr> {
        if !self.makes(field) {
            return Some(expr.clone());
        }
        if let Some(stamp) = StampField::of(field) {
            return self.of_stamp(expr, stamp);
        }
        if field.contains('*') || matches!(field, "tag" | "eventtype") {
            return None;
        }
        let origins = self.origins(field)?;
        let mut any: Vec<_> = origins.names.iter().map(|n| renamed(expr, n)).collect();
        for (step, name) in &origins.texts {
            let Step::Extract { from, by } = step else { return None };
            if op != CompareOp::Eq {
                return None;
            }
            let mut texts = Vec::new();
            for value in values {
                let found = Test::plain(value).and_then(|v| by.witness(name, v))?;
                texts.extend(found.into_iter().map(|text| equals(expr, from, text)));
            }
            let unless = by.unless().iter().map(|p| equals(expr, from, (*p).to_owned()));
            let mut all: Vec<_> = unless.map(|e| SearchExpr::Not(Box::new(e))).collect();
            all.push(SearchExpr::Or(texts));
            any.push(SearchExpr::And(all));
        }
        Some(SearchExpr::Or(any))
    }

    /// Back through all steps; none where an expression makes it.
    fn origins(&self, field: &str) -> Option<Origins<'r>> {
        let mut found = Origins { names: vec![field.to_owned()], texts: Vec::new() };
        for step in self.rules.iter().rev().flat_map(|r| r.body.steps.iter().rev()) {
            match step {
                Step::Alias { new, old, .. } if found.names.contains(new) => {
                    for name in old {
                        if !found.names.contains(name) {
                            found.names.push(name.clone());
                        }
                    }
                }
                Step::Alias { .. } => {}
                Step::Strip(prefixes) => {
                    let names = found.names.clone();
                    for prefix in prefixes {
                        found.names.extend(names.iter().map(|n| format!("{prefix}{n}")));
                    }
                }
                Step::Extract { .. } => {
                    let read = found.names.iter().filter(|n| step.may_give(n));
                    found.texts.extend(read.map(|n| (step, n.clone())));
                }
                Step::Command { .. } => {
                    if found.names.iter().any(|n| step.may_give(n)) {
                        return None;
                    }
                }
            }
            if found.names.len() + found.texts.len() > MOST {
                return None;
            }
        }
        Some(found)
    }

    /// `source=...` where some events get theirs from a rule: those the rule holds for, and those
    /// that have it.
    fn of_stamp(&self, expr: &SearchExpr, field: StampField) -> Option<SearchExpr> {
        let mut any = vec![expr.clone()];
        let stamping = |r: &&Arc<Rule>| r.stamps.iter().any(|given| given.field == field);
        for rule in self.rules.iter().filter(stamping) {
            any.extend(
                rule.holds
                    .iter()
                    .map(|s| equals(expr, s.field.name(), s.pattern.text().to_owned())),
            );
        }
        Some(SearchExpr::Or(any))
    }

    /// `tag=process`: what is implied by each event type that has the tag, or the event has it.
    fn of_type(&self, own: &SearchExpr, field: &str, value: &SearchValue) -> Option<SearchExpr> {
        let test = Test::new(CompareOp::Eq, value);
        let mut any = vec![own.clone()];
        for t in self.rules.iter().flat_map(|r| &r.body.event_types) {
            let asked = match field {
                "tag" => t.tags.iter().any(|tag| test.passes(tag)),
                _ => test.passes(&t.name),
            };
            if asked {
                any.push(self.implied(&t.condition)?);
            }
        }
        Some(SearchExpr::Or(any))
    }
}

impl Step {
    /// Whether it may give a field of this name.
    pub(super) fn may_give(&self, field: &str) -> bool {
        let among = |all: &[String]| {
            all.iter().any(|o| o == field || (o.contains('*') && Pattern::new(o).is_match(field)))
        };
        match self {
            Step::Extract { by, .. } => {
                by.gives(field) && by.outputs().is_none_or(|all| among(&all))
            }
            Step::Strip(_) => true,
            Step::Alias { new, .. } => new == field,
            Step::Command { outputs, .. } => outputs.as_ref().is_none_or(|all| among(all)),
        }
    }
}

/// The comparison with another field.
fn renamed(expr: &SearchExpr, name: &str) -> SearchExpr {
    let mut expr = expr.clone();
    if let SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } = &mut expr {
        field.node = name.to_owned();
    }
    expr
}

/// `field=text`, at the place of another comparison.
fn equals(at: &SearchExpr, field: &str, text: String) -> SearchExpr {
    let span = match at {
        SearchExpr::Compare { span, .. } | SearchExpr::In { span, .. } => *span,
        _ => sepal_parser::ast::Span::default(),
    };
    SearchExpr::Compare {
        field: Spanned { node: field.to_owned(), span },
        op: CompareOp::Eq,
        value: SearchValue { text, quoted: true, kind: TermKind::Plain, span },
        span,
    }
}
