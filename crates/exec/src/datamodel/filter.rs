//! The condition of a search over a dataset, in the names that events have.

use super::Scope;
use super::implied::Defaults;
use super::scope::flatten;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{CompareOp, Field, SearchExpr, Spanned};
use std::collections::HashSet;

/// Conditions by when they can be asked.
pub(super) struct Split {
    /// What events can be asked as they are.
    pub scan: SearchExpr,
    /// What each level's condition must wait for its ancestors' fields with.
    pub levels: Vec<Vec<SearchExpr>>,
    /// What of the search's own condition must wait for calculated fields.
    pub rest: Vec<SearchExpr>,
}

/// The constraints of the dataset and the condition of the search, split.
pub(super) fn split(
    scope: &Scope,
    filter: Option<&SearchExpr>,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Split, Vec<Diagnostic>> {
    let (mut scan, mut levels, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    let mut made: HashSet<&str> = HashSet::new();
    // a root with commands of its own may make any field
    let mut any = false;
    for level in &scope.levels {
        let waits = |e: &SearchExpr| any || reads(e, &|f| made.contains(f));
        let (later, now): (Vec<_>, Vec<_>) = level.constraints.iter().cloned().partition(waits);
        scan.extend(now);
        levels.push(later);
        for (outputs, _) in &level.commands {
            any |= outputs.is_none();
            made.extend(outputs.iter().flatten().map(String::as_str));
        }
    }
    if let Some(filter) = filter {
        let mut own = Vec::new();
        flatten(rewrite(scope, filter, warnings)?, &mut own);
        for e in own {
            let time = matches!(e, SearchExpr::Time { .. });
            let of_others = |f: &str| scope.of_others(f).is_some();
            match !time && (any || reads(&e, &|f| made.contains(f) || of_others(f))) {
                true => rest.push(e),
                false => scan.push(e),
            }
        }
    }
    let defaults = Defaults::new(scope);
    let later = levels.iter().flatten().chain(&rest);
    scan.extend(later.filter_map(|e| defaults.implied(e)));
    Ok(Split { scan: SearchExpr::And(scan), levels, rest })
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
            if scope.of_others(&field.node).is_none() {
                warnings.push(scope.unknown_field(field));
            }
            field.clone()
        }
    }
}
