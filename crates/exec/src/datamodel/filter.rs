//! The condition of a search over a dataset, in the names that events have.

use super::Scope;
use super::scope::flatten;
use crate::commands::{Operator, Streaming};
use crate::run_cx::{RunCx, RunError};
use crate::search::SearchProgram;
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{CompareOp, Field, SearchExpr, Spanned};

/// A condition in two parts.
pub(super) struct Split {
    /// What events can be asked as they are.
    pub scan: SearchExpr,
    /// What must wait for calculated fields, if anything.
    pub rest: Option<SearchExpr>,
}

/// The constraints of the dataset and the condition of the search, split.
pub(super) fn split(
    scope: &Scope,
    filter: Option<&SearchExpr>,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Split, Vec<Diagnostic>> {
    let mut all = scope.constraints.clone();
    if let Some(filter) = filter {
        flatten(rewrite(scope, filter, warnings)?, &mut all);
    }
    // a root with commands of its own may make any field
    let opaque = scope.commands.iter().any(|(outputs, _)| outputs.is_none());
    let own = scope.constraints.len();
    let (mut scan, mut rest) = (Vec::new(), Vec::new());
    for (n, e) in all.into_iter().enumerate() {
        let waits = reads(&e, &|f| scope.calculated.contains(f)) || opaque && n >= own;
        if waits { rest.push(e) } else { scan.push(e) }
    }
    let rest = (!rest.is_empty()).then_some(SearchExpr::And(rest));
    Ok(Split { scan: SearchExpr::And(scan), rest })
}

/// Whether the condition reads a field of which `is` holds, or might.
fn reads(expr: &SearchExpr, is: &dyn Fn(&str) -> bool) -> bool {
    match expr {
        SearchExpr::And(es) | SearchExpr::Or(es) => es.iter().any(|e| reads(e, is)),
        SearchExpr::Not(e) => reads(e, is),
        SearchExpr::Compare { field, .. }
        | SearchExpr::In { field, .. }
        | SearchExpr::CompareSubsearch { field, .. }
        | SearchExpr::InSubsearch { field, .. } => field.node.contains('*') || is(&field.node),
        SearchExpr::Call(_) => true,
        SearchExpr::Term(_) | SearchExpr::Time { .. } | SearchExpr::Subsearch(_) => false,
    }
}

/// The condition with each field as events name it, and `nodename` as what it stands for.
fn rewrite(
    scope: &Scope,
    expr: &SearchExpr,
    warnings: &mut Vec<Diagnostic>,
) -> Result<SearchExpr, Vec<Diagnostic>> {
    let mut list = |es: &[SearchExpr]| {
        es.iter().map(|e| rewrite(scope, e, warnings)).collect::<Result<Vec<_>, _>>()
    };
    Ok(match expr {
        SearchExpr::And(es) => SearchExpr::And(list(es)?),
        SearchExpr::Or(es) => SearchExpr::Or(list(es)?),
        SearchExpr::Not(e) => SearchExpr::Not(Box::new(rewrite(scope, e, warnings)?)),
        SearchExpr::Compare { field, op, value, .. } if field.node == "nodename" => {
            let node = scope.node(&Spanned::new(value.text.clone(), value.span))?;
            match op {
                CompareOp::Ne => SearchExpr::Not(Box::new(node)),
                _ => node,
            }
        }
        SearchExpr::In { field, values, .. } if field.node == "nodename" => {
            let one = |v: &sepal_parser::ast::SearchValue| {
                scope.node(&Spanned::new(v.text.clone(), v.span))
            };
            SearchExpr::Or(values.iter().map(one).collect::<Result<Vec<_>, _>>()?)
        }
        SearchExpr::Compare { field, op, value, span } => SearchExpr::Compare {
            field: raw(scope, field, warnings),
            op: *op,
            value: value.clone(),
            span: *span,
        },
        SearchExpr::In { field, values, span } => SearchExpr::In {
            field: raw(scope, field, warnings),
            values: values.clone(),
            span: *span,
        },
        other => other.clone(),
    })
}

fn raw(scope: &Scope, field: &Field, warnings: &mut Vec<Diagnostic>) -> Field {
    if field.node.contains('*') {
        return Spanned::new(scope.raw_pattern(&field.node), field.span);
    }
    match scope.raw(&field.node) {
        Some(raw) => Spanned::new(raw.to_owned(), field.span),
        None => {
            warnings.push(scope.unknown_field(field));
            field.clone()
        }
    }
}

/// Keeps the rows that match.
pub(super) struct Filter(pub SearchProgram);

impl Operator for Filter {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.union(&self.0.needed());
        after
    }
    fn describe(&self) -> String {
        "the conditions on calculated fields".to_owned()
    }
}

impl Streaming for Filter {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let mask = self.0.mask(&batch, cx);
        batch.retain(&mask);
        Ok(batch)
    }
}
