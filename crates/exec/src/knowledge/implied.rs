//! What a condition says about events as they are, before the rules have made their fields: the
//! scan asks it first, so that most events need no rule.

use super::Rule;
use crate::search::{Test, implied};
use sepal_parser::ast::{CompareOp, SearchExpr, SearchValue};
use std::collections::HashSet;
use std::sync::Arc;

/// Which fields rules make.
pub(super) struct Fields<'r> {
    rules: &'r [Arc<Rule>],
    /// None: any field may be made.
    made: Option<HashSet<&'r str>>,
}

/// No rule makes these: rules go by them.
const GIVEN: [&str; 4] = ["source", "sourcetype", "host", "index"];

impl<'r> Fields<'r> {
    pub fn new(rules: &'r [Arc<Rule>]) -> Self {
        let mut made = Some(HashSet::new());
        for step in rules.iter().flat_map(|r| &r.steps) {
            match step.outputs() {
                Some(all) if all.iter().all(|o| !o.contains('*')) => {
                    if let Some(made) = &mut made {
                        made.extend(all.iter().map(String::as_str));
                    }
                }
                _ => made = None,
            }
        }
        Fields { rules, made }
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
            SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => {
                self.given(&field.node).then(|| expr.clone())
            }
            SearchExpr::Term(_) | SearchExpr::Time { .. } => Some(expr.clone()),
            _ => None,
        }
    }

    fn given(&self, field: &str) -> bool {
        if GIVEN.contains(&field) {
            return true;
        }
        let typed = matches!(field, "tag" | "eventtype") || field.contains('*');
        !typed && self.made.as_ref().is_some_and(|made| !made.contains(field))
    }

    /// `tag=process`: what is implied by each event type that has the tag, or the event has it.
    fn of_type(&self, own: &SearchExpr, field: &str, value: &SearchValue) -> Option<SearchExpr> {
        let test = Test::new(CompareOp::Eq, value);
        let mut any = vec![own.clone()];
        for t in self.rules.iter().flat_map(|r| &r.event_types) {
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
