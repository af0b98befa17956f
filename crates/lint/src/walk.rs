//! Walks over the syntax tree.

use sepal_parser::ast::{BinaryOp, Expr, ExprKind, Pipeline, SearchExpr, Span, Stage, UnaryOp};
use sepal_parser::commands::Command;
use sepal_parser::commands::stats::{Aggregate, AggregateArgument, Stats};
use sepal_parser::commands::transaction::Filter;

/// Each stage of a pipeline and of the subsearches inside it, outer ones first.
pub fn stages<'p>(pipeline: &'p Pipeline, f: &mut dyn FnMut(&'p Stage)) {
    for stage in &pipeline.stages {
        f(stage);
        for inner in subsearches(stage) {
            stages(inner, f);
        }
    }
}

/// The subsearches of a stage, those of its conditions too.
pub fn subsearches(stage: &Stage) -> Vec<&Pipeline> {
    let mut out: Vec<&Pipeline> = match &stage.command {
        Command::Append(c) => vec![&c.search],
        Command::Appendcols(c) => vec![&c.search],
        Command::Appendpipe(c) => vec![&c.pipeline],
        Command::Join(c) => vec![&c.search],
        Command::Set(c) => vec![&c.first, &c.second],
        Command::Multisearch(c) => c.searches.iter().collect(),
        Command::Union(c) => c.searches.iter().collect(),
        Command::Other(c) => c.subsearches.iter().collect(),
        _ => Vec::new(),
    };
    for condition in conditions(&stage.command) {
        search(condition, &mut |e| match e {
            SearchExpr::CompareSubsearch { search, .. } | SearchExpr::Subsearch(search) => {
                out.push(search);
            }
            SearchExpr::InSubsearch { searches, .. } => out.extend(searches),
            _ => {}
        });
    }
    for e in expressions(&stage.command) {
        expr(e, &mut |e| {
            if let ExprKind::Subsearch(p) = &e.kind {
                out.push(p);
            }
        });
    }
    out
}

/// The search conditions of a command.
pub fn conditions(command: &Command) -> Vec<&SearchExpr> {
    match command {
        Command::Search(c) => vec![&c.expr],
        Command::Tstats(c) => c.filter.iter().collect(),
        Command::Mstats(c) => c.filter.iter().collect(),
        Command::Inputlookup(c) => c.filter.iter().collect(),
        Command::Transaction(c) => [&c.startswith, &c.endswith]
            .into_iter()
            .flatten()
            .filter_map(|f| match f {
                Filter::Search(e) => Some(e),
                Filter::Eval(_) => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The eval expressions of a command, those in conditions and aggregates too.
pub fn expressions(command: &Command) -> Vec<&Expr> {
    let mut out: Vec<&Expr> = match command {
        Command::Eval(c) => c.assignments.iter().map(|a| &a.expr).collect(),
        Command::Fieldformat(c) => c.assignments.iter().map(|a| &a.expr).collect(),
        Command::Where(c) => vec![&c.expr],
        Command::Head(c) => c.condition.iter().collect(),
        Command::Streamstats(c) => {
            [&c.reset_before, &c.reset_after].into_iter().flatten().map(|e| &e.node).collect()
        }
        Command::Transaction(c) => [&c.startswith, &c.endswith]
            .into_iter()
            .flatten()
            .filter_map(|f| match f {
                Filter::Eval(e) => Some(e),
                Filter::Search(_) => None,
            })
            .collect(),
        Command::Chart(c) => c.computed.iter().map(|c| &c.expr).collect(),
        _ => Vec::new(),
    };
    for a in aggregates(command) {
        if let AggregateArgument::Eval(e) = &a.argument {
            out.push(e);
        }
    }
    for condition in conditions(command) {
        search(condition, &mut |e| {
            if let SearchExpr::Call(e) = e {
                out.push(e);
            }
        });
    }
    out
}

/// The aggregates of the commands of the `stats` family.
pub fn aggregates(command: &Command) -> &[Aggregate] {
    match command {
        Command::Tstats(c) => &c.aggregates,
        Command::Mstats(c) => &c.aggregates,
        other => stats(other).map_or(&[], |s| &s.aggregates),
    }
}

/// The `stats` within a command.
pub fn stats(command: &Command) -> Option<&Stats> {
    match command {
        Command::Stats(c) => Some(c),
        Command::Eventstats(c) => Some(c),
        Command::Streamstats(c) => Some(&c.stats),
        Command::Chart(c) => Some(&c.stats),
        _ => None,
    }
}

/// An expression and all inside it, outer ones first; not into subsearches.
pub fn expr<'e>(e: &'e Expr, f: &mut dyn FnMut(&'e Expr)) {
    f(e);
    match &e.kind {
        ExprKind::Unary { expr: inner, .. } => expr(inner, f),
        ExprKind::Binary { lhs, rhs, .. } => {
            expr(lhs, f);
            expr(rhs, f);
        }
        ExprKind::In { expr: inner, list } => {
            expr(inner, f);
            list.iter().for_each(|e| expr(e, f));
        }
        ExprKind::Call { args, .. } => args.iter().for_each(|e| expr(e, f)),
        _ => {}
    }
}

/// A search condition and all inside it, outer ones first; not into subsearches.
pub fn search<'e>(e: &'e SearchExpr, f: &mut dyn FnMut(&'e SearchExpr)) {
    f(e);
    match e {
        SearchExpr::And(list) | SearchExpr::Or(list) => list.iter().for_each(|e| search(e, f)),
        SearchExpr::Not(inner) => search(inner, f),
        _ => {}
    }
}

/// Where a search condition stands, without parentheses around it; empty lists have no place.
pub fn search_span(e: &SearchExpr) -> Option<Span> {
    match e {
        SearchExpr::And(list) | SearchExpr::Or(list) => {
            list.iter().filter_map(search_span).reduce(Span::to)
        }
        SearchExpr::Not(inner) => search_span(inner),
        SearchExpr::Compare { span, .. }
        | SearchExpr::In { span, .. }
        | SearchExpr::CompareSubsearch { span, .. }
        | SearchExpr::InSubsearch { span, .. } => Some(*span),
        SearchExpr::Term(v) => Some(v.span),
        SearchExpr::Time { key, value } => Some(key.span.to(value.span)),
        SearchExpr::Call(e) => Some(e.span),
        SearchExpr::Subsearch(p) => Some(p.span),
    }
}

/// The parts of an expression that must all hold.
pub fn all_of(e: &Expr) -> Vec<&Expr> {
    match &e.kind {
        ExprKind::Binary { op: BinaryOp::And, lhs, rhs } => {
            let mut out = all_of(lhs);
            out.extend(all_of(rhs));
            out
        }
        _ => vec![e],
    }
}

/// Whether an expression is `NOT x`.
pub fn is_not(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Unary { op: UnaryOp::Not, .. })
}
