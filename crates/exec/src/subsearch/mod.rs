//! Subsearches that stand inside conditions: `[search ...]` in `search`, `where` and `eval`.
//!
//! Splunk runs each one before the search around it and puts its rows, as text, in place of the
//! brackets. So does a [`Plan`](crate::plan::Plan) here: it keeps the syntax tree and the plans of
//! its subsearches, and before anything is scanned it becomes a plan without them. Prefilter,
//! fields and time range then follow from the final condition.
//!
//! Source: Splunk Search Manual, "About subsearches" and "Change the format of subsearch results".

mod places;
mod respan;
mod rows;
mod text;

pub(crate) use text::{Style, quoted};

use crate::plan::{Plan, PlanCx, plan_with};
use crate::run_cx::{RunCx, RunError};
use places::{Place, each_place};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, ExprKind, Pipeline, SearchExpr, Span};

/// The most rows that a subsearch gives to a condition.
///
/// Source: limits.conf, `[subsearch] maxout`.
pub const MAX_ROWS: usize = 10_000;

/// A search whose subsearches have not run yet.
pub struct Unresolved {
    pipeline: Pipeline,
    /// In the order in which [`each_place`] meets them.
    plans: Vec<Plan>,
    cx: PlanCx,
}

impl Unresolved {
    /// Plans the subsearches of a search, none where it has none, and says all that is wrong with
    /// them: those with errors have no plan, so that the search around them is only an outline.
    pub(crate) fn collect(
        pipeline: &Pipeline,
        cx: &mut PlanCx,
    ) -> (Option<Unresolved>, Vec<Diagnostic>) {
        let mut found: Vec<Pipeline> = Vec::new();
        let mut pipeline = pipeline.clone();
        let visited = each_place(&mut pipeline, &mut |place| {
            place.searches(&mut |p| found.push(p.clone()));
            Ok(())
        });
        if let Err(e) = visited {
            return (None, vec![diagnostic(&e)]);
        }
        if found.is_empty() {
            return (None, Vec::new());
        }
        let (mut plans, mut diagnostics) = (Vec::new(), Vec::new());
        for p in &found {
            match cx.subsearch(p) {
                Ok(plan) => plans.push(plan),
                Err(ds) => diagnostics.extend(ds),
            }
        }
        (Some(Unresolved { pipeline, plans, cx: cx.at_this_depth() }), diagnostics)
    }

    /// The same search with something neutral in place of the subsearches inside expressions, so
    /// that everything else can be checked and shown before they run.
    pub(crate) fn outline(&self) -> Pipeline {
        let mut pipeline = self.pipeline.clone();
        // nothing in there fails
        let _ = each_place(&mut pipeline, &mut |place| {
            if let Place::Expr(e) = place {
                let unknown = || ExprKind::Field("[subsearch]".to_owned());
                match &mut e.kind {
                    ExprKind::In { list, .. } => {
                        for item in list.iter_mut() {
                            if matches!(item.kind, ExprKind::Subsearch(_)) {
                                item.kind = unknown();
                            }
                        }
                    }
                    kind => *kind = unknown(),
                }
            }
            Ok(())
        });
        pipeline
    }

    /// The plans of the subsearches, in the order of the text.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// Runs each subsearch once and plans the search with what they gave.
    pub(crate) fn resolve(&self, cx: &RunCx) -> Result<Plan, RunError> {
        let mut answers = Vec::with_capacity(self.plans.len());
        for plan in &self.plans {
            answers.push(rows::Answer::of(plan, cx)?);
        }
        let mut answers = answers.into_iter();
        let mut next = move || {
            let none = || RunError::failed("SPL3122", "a subsearch was planned but did not run");
            answers.next().ok_or_else(none)
        };
        let mut pipeline = self.pipeline.clone();
        each_place(&mut pipeline, &mut |place| match place {
            Place::Terms(e) => {
                *e = terms(e, &mut next)?;
                Ok(())
            }
            Place::Expr(e) => expression(e, &mut next),
        })?;
        plan_with(&pipeline, &mut self.cx.clone()).map_err(|ds| match ds.into_iter().next() {
            Some(d) => RunError::Failed { code: d.code, message: d.message, span: Some(d.span) },
            None => RunError::failed("SPL3122", "a search with its subsearches' rows has no plan"),
        })
    }
}

fn diagnostic(e: &RunError) -> Diagnostic {
    Diagnostic::error("SPL3122", Span::default(), e.to_string())
}

type Next<'a> = dyn FnMut() -> Result<rows::Answer, RunError> + 'a;

/// What stands in place of a term with a subsearch.
fn terms(e: &SearchExpr, next: &mut Next<'_>) -> Result<SearchExpr, RunError> {
    match e {
        SearchExpr::Subsearch(p) => next()?.condition(p.span),
        SearchExpr::CompareSubsearch { field, op, search, .. } => {
            next()?.compared(field, *op, search.span)
        }
        SearchExpr::InSubsearch { field, values, searches, span } => {
            let mut values = values.clone();
            for p in searches {
                values.extend(next()?.list(p.span)?);
            }
            Ok(SearchExpr::In { field: field.clone(), values, span: *span })
        }
        other => Ok(other.clone()),
    }
}

/// Puts what subsearches gave into an eval expression.
fn expression(e: &mut Expr, next: &mut Next<'_>) -> Result<(), RunError> {
    match &mut e.kind {
        ExprKind::Subsearch(p) => {
            let span = p.span;
            *e = next()?.expression(span)?;
        }
        ExprKind::In { list, .. } => {
            let mut all = Vec::new();
            for item in std::mem::take(list) {
                match &item.kind {
                    ExprKind::Subsearch(p) => all.extend(next()?.expressions(p.span)?),
                    _ => all.push(item),
                }
            }
            *list = all;
        }
        _ => {}
    }
    Ok(())
}
