use crate::run_cx::RunError;
use sepal_parser::ast::{Expr, ExprKind, Pipeline, SearchExpr};
use sepal_parser::commands::Command;

/// A node that holds subsearches.
pub(super) enum Place<'a> {
    /// A term of `search`.
    Terms(&'a mut SearchExpr),
    /// A subsearch in an eval expression, or an `IN` with subsearches in its list.
    Expr(&'a mut Expr),
}

impl Place<'_> {
    /// Calls `f` with each subsearch of the node, in the order of the text.
    pub fn searches(&self, f: &mut dyn FnMut(&Pipeline)) {
        match self {
            Place::Terms(SearchExpr::Subsearch(p)) => f(p),
            Place::Terms(SearchExpr::CompareSubsearch { search, .. }) => f(search),
            Place::Terms(SearchExpr::InSubsearch { searches, .. }) => searches.iter().for_each(f),
            Place::Terms(_) => {}
            Place::Expr(e) => match &e.kind {
                ExprKind::Subsearch(p) => f(p),
                ExprKind::In { list, .. } => list.iter().for_each(|item| {
                    if let ExprKind::Subsearch(p) = &item.kind {
                        f(p);
                    }
                }),
                _ => {}
            },
        }
    }
}

type Visit<'v> = dyn FnMut(Place<'_>) -> Result<(), RunError> + 'v;

/// Visits the nodes with subsearches of the commands that take them as conditions, in one fixed
/// order.
pub(super) fn each_place(pipeline: &mut Pipeline, f: &mut Visit<'_>) -> Result<(), RunError> {
    for stage in &mut pipeline.stages {
        match &mut stage.command {
            Command::Search(s) => terms(&mut s.expr, f)?,
            Command::Tstats(t) => t.filter.iter_mut().try_for_each(|e| terms(e, f))?,
            Command::Where(w) => expr(&mut w.expr, f)?,
            Command::Eval(e) => {
                for a in &mut e.assignments {
                    expr(&mut a.expr, f)?;
                }
            }
            Command::Appendpipe(a) => each_place(&mut a.pipeline, f)?,
            _ => {}
        }
    }
    Ok(())
}

fn terms(e: &mut SearchExpr, f: &mut Visit<'_>) -> Result<(), RunError> {
    match e {
        SearchExpr::And(es) | SearchExpr::Or(es) => es.iter_mut().try_for_each(|e| terms(e, f)),
        SearchExpr::Not(e) => terms(e, f),
        SearchExpr::Subsearch(_)
        | SearchExpr::CompareSubsearch { .. }
        | SearchExpr::InSubsearch { .. } => f(Place::Terms(e)),
        SearchExpr::Call(call) => expr(call, f),
        SearchExpr::Compare { .. }
        | SearchExpr::In { .. }
        | SearchExpr::Term(_)
        | SearchExpr::Time { .. } => Ok(()),
    }
}

fn expr(e: &mut Expr, f: &mut Visit<'_>) -> Result<(), RunError> {
    let mut here = false;
    match &mut e.kind {
        ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Field(_) => {}
        ExprKind::Unary { expr: inner, .. } => expr(inner, f)?,
        ExprKind::Binary { lhs, rhs, .. } => {
            expr(lhs, f)?;
            expr(rhs, f)?;
        }
        ExprKind::In { expr: inner, list } => {
            expr(inner, f)?;
            for item in list {
                match item.kind {
                    ExprKind::Subsearch(_) => here = true,
                    _ => expr(item, f)?,
                }
            }
        }
        ExprKind::Call { args, .. } => args.iter_mut().try_for_each(|a| expr(a, f))?,
        ExprKind::Subsearch(_) => here = true,
    }
    if here { f(Place::Expr(e)) } else { Ok(()) }
}
