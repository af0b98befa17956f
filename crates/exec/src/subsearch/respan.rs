//! What was read from a subsearch's text stands, for messages, where the subsearch stands.

use sepal_parser::ast::{Expr, ExprKind, SearchExpr, Span};

/// Moves terms to `at`; false where a subsearch is among them.
pub(super) fn terms(e: &mut SearchExpr, at: Span) -> bool {
    match e {
        SearchExpr::And(es) | SearchExpr::Or(es) => es.iter_mut().all(|e| terms(e, at)),
        SearchExpr::Not(e) => terms(e, at),
        SearchExpr::Compare { field, value, span, .. } => {
            (field.span, value.span, *span) = (at, at, at);
            true
        }
        SearchExpr::In { field, values, span } => {
            (field.span, *span) = (at, at);
            values.iter_mut().for_each(|v| v.span = at);
            true
        }
        SearchExpr::Term(v) => {
            v.span = at;
            true
        }
        SearchExpr::Time { key, value } => {
            (key.span, value.span) = (at, at);
            true
        }
        SearchExpr::Call(call) => expr(call, at),
        SearchExpr::CompareSubsearch { .. }
        | SearchExpr::InSubsearch { .. }
        | SearchExpr::Subsearch(_) => false,
    }
}

/// Moves an expression to `at`; false where a subsearch is in it.
pub(super) fn expr(e: &mut Expr, at: Span) -> bool {
    e.span = at;
    match &mut e.kind {
        ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Field(_) => true,
        ExprKind::Unary { expr: inner, .. } => expr(inner, at),
        ExprKind::Binary { lhs, rhs, .. } => expr(lhs, at) && expr(rhs, at),
        ExprKind::In { expr: inner, list } => {
            expr(inner, at) && list.iter_mut().all(|e| expr(e, at))
        }
        ExprKind::Call { name, args } => {
            name.span = at;
            args.iter_mut().all(|a| expr(a, at))
        }
        ExprKind::Subsearch(_) => false,
    }
}
