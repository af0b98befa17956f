//! What follows from a condition for the parts of it that can be judged by themselves.

use sepal_parser::ast::SearchExpr;

/// A condition that holds wherever `expr` holds, made of what `leaf` says of each term and
/// comparison; none where nothing can be said. Nothing follows from what stands under NOT.
pub(crate) fn implied(
    expr: &SearchExpr,
    leaf: &dyn Fn(&SearchExpr) -> Option<SearchExpr>,
) -> Option<SearchExpr> {
    match expr {
        SearchExpr::And(es) => {
            let known: Vec<_> = es.iter().filter_map(|e| implied(e, leaf)).collect();
            (!known.is_empty()).then_some(SearchExpr::And(known))
        }
        SearchExpr::Or(es) => {
            es.iter().map(|e| implied(e, leaf)).collect::<Option<Vec<_>>>().map(SearchExpr::Or)
        }
        SearchExpr::Not(_)
        | SearchExpr::Call(_)
        | SearchExpr::Subsearch(_)
        | SearchExpr::CompareSubsearch { .. }
        | SearchExpr::InSubsearch { .. } => None,
        SearchExpr::Compare { .. }
        | SearchExpr::In { .. }
        | SearchExpr::Term(_)
        | SearchExpr::Time { .. } => leaf(expr),
    }
}
