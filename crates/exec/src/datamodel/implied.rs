//! What a condition on calculated fields says about events as they are, so that the scan need not
//! wait for the calculation.
//!
//! Most calculations of the CIM give a field a value where it has none:
//! `if(isnull(user) OR user="","unknown",user)`. What comes out is the field itself or one of some
//! texts. So where none of these texts meets `user=eve`, only events whose `user` meets it can be
//! left. Others make a value from other fields where there is none, such as a process's name from
//! its command line: then events that lack the field can be left, too. The condition is asked once
//! more after the calculation.

use super::Scope;
use crate::search::{Test, implied};
use sepal_parser::ast::{
    BinaryOp, CompareOp, Expr, ExprKind, Field, SearchExpr, SearchValue, TermKind,
};
use sepal_parser::commands::Command;
use std::collections::{HashMap, HashSet};

/// Calculated fields that are themselves or one of some texts.
pub(super) struct Defaults<'s> {
    scope: &'s Scope,
    texts: HashMap<&'s str, Vec<&'s str>>,
    /// Those that are themselves wherever they have a value that is not empty.
    own: HashSet<&'s str>,
}

impl<'s> Defaults<'s> {
    pub fn new(scope: &'s Scope) -> Self {
        let (mut texts, mut own) = (HashMap::new(), HashSet::new());
        let mut times: HashMap<&str, usize> = HashMap::new();
        let commands = || scope.levels.iter().flat_map(|l| &l.commands);
        for (outputs, stage) in commands() {
            outputs.iter().flatten().for_each(|o| *times.entry(o).or_default() += 1);
            let Command::Eval(eval) = &stage.command else { continue };
            let [one] = eval.assignments.as_slice() else { continue };
            let mut found = Vec::new();
            if leaves(&one.expr, &one.target.node, &mut found) {
                texts.insert(one.target.node.as_str(), found);
            }
            if own_first(&one.expr, &one.target.node) {
                own.insert(one.target.node.as_str());
            }
        }
        // a field that is made twice, or of which a command may do anything, is not looked through
        texts.retain(|f, _| times.get(f) == Some(&1));
        own.retain(|f| times.get(f) == Some(&1));
        if commands().any(|(outputs, _)| outputs.is_none()) {
            texts.clear();
            own.clear();
        }
        Defaults { scope, texts, own }
    }

    /// A condition on events as they are that holds wherever `expr` holds; none where nothing can
    /// be said.
    pub fn implied(&self, expr: &SearchExpr) -> Option<SearchExpr> {
        implied(expr, &|leaf| self.of_leaf(leaf))
    }

    fn of_leaf(&self, expr: &SearchExpr) -> Option<SearchExpr> {
        match expr {
            SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. }
                if self.scope.of_others(&field.node).is_some() =>
            {
                None
            }
            SearchExpr::Compare { field, op, value, .. } => {
                let known = match self.scope.calculated.contains(&field.node) {
                    true => *op == CompareOp::Eq && self.excludes(&field.node, value),
                    false => !field.node.contains('*'),
                };
                known.then(|| expr.clone()).or_else(|| self.or_lacking(field, expr))
            }
            SearchExpr::In { field, values, .. } => {
                let known = match self.scope.calculated.contains(&field.node) {
                    true => values.iter().all(|v| self.excludes(&field.node, v)),
                    false => !field.node.contains('*'),
                };
                known.then(|| expr.clone()).or_else(|| self.or_lacking(field, expr))
            }
            SearchExpr::Term(_) => Some(expr.clone()),
            _ => None,
        }
    }

    /// The same condition, or that the event has no value of the field: another is made then.
    fn or_lacking(&self, field: &Field, expr: &SearchExpr) -> Option<SearchExpr> {
        self.own.contains(field.node.as_str()).then(|| {
            let is = |text: &str| SearchExpr::Compare {
                field: field.clone(),
                op: CompareOp::Eq,
                value: SearchValue {
                    text: text.to_owned(),
                    quoted: true,
                    kind: TermKind::Plain,
                    span: field.span,
                },
                span: field.span,
            };
            SearchExpr::Or(vec![expr.clone(), SearchExpr::Not(Box::new(is("*"))), is("")])
        })
    }

    /// Whether none of the texts that the calculation may give instead of the field is `value`.
    fn excludes(&self, field: &str, value: &SearchValue) -> bool {
        let test = Test::new(CompareOp::Eq, value);
        self.texts.get(field).is_some_and(|texts| !texts.iter().any(|t| test.passes(t)))
    }
}

/// Collects the texts that an expression may give besides the field itself; false where it may
/// give anything else.
fn leaves<'e>(expr: &'e Expr, field: &str, out: &mut Vec<&'e str>) -> bool {
    match &expr.kind {
        ExprKind::String(s) => {
            out.push(s);
            true
        }
        ExprKind::Field(f) => f == field,
        ExprKind::Call { name, args } => match (name.node.as_str(), args.as_slice()) {
            ("null", []) => true,
            ("if", [_, a, b]) => leaves(a, field, out) && leaves(b, field, out),
            ("coalesce", all) => all.iter().all(|a| leaves(a, field, out)),
            ("case", all) => all.iter().skip(1).step_by(2).all(|a| leaves(a, field, out)),
            _ => false,
        },
        _ => false,
    }
}

/// Whether an expression gives the field itself wherever that has a value that is not empty.
fn own_first(expr: &Expr, field: &str) -> bool {
    let is_field = |e: &Expr| matches!(&e.kind, ExprKind::Field(f) if f == field);
    let call = |e: &Expr, function: &str| match &e.kind {
        ExprKind::Call { name, args } => {
            name.node == function && matches!(args.as_slice(), [one] if is_field(one))
        }
        _ => false,
    };
    let compares = |e: &Expr, with: CompareOp| match &e.kind {
        ExprKind::Binary { op: BinaryOp::Compare(op), lhs, rhs } => {
            let empty = matches!(&rhs.kind, ExprKind::String(s) if s.is_empty());
            *op == with && is_field(lhs) && empty
        }
        _ => false,
    };
    let has = |e: &Expr| match &e.kind {
        ExprKind::Binary { op: BinaryOp::And, lhs, rhs } => {
            call(lhs, "isnotnull") && compares(rhs, CompareOp::Ne)
        }
        _ => call(e, "isnotnull"),
    };
    let lacks = |e: &Expr| match &e.kind {
        ExprKind::Binary { op: BinaryOp::Or, lhs, rhs } => {
            call(lhs, "isnull") && compares(rhs, CompareOp::Eq)
        }
        _ => call(e, "isnull"),
    };
    let ExprKind::Call { name, args } = &expr.kind else { return false };
    match (name.node.as_str(), args.as_slice()) {
        ("coalesce", [first, ..]) => is_field(first),
        ("case", [condition, value, ..]) => has(condition) && is_field(value),
        ("if", [condition, a, b]) => {
            has(condition) && is_field(a) || lacks(condition) && is_field(b)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datamodel::{Calculation, DataModel, Dataset};
    use sepal_parser::ast::Span;
    use std::sync::Arc;

    fn implied(condition: &str) -> String {
        let eval = |field: &str, expr: &str| Calculation {
            outputs: vec![field.into()],
            command: format!("eval {field}={expr}"),
        };
        let root = Dataset {
            name: "D".into(),
            fields: vec!["raw".into()],
            calculations: vec![
                eval("user", r#"if(isnull(user) OR user="","unknown",user)"#),
                eval("app", r#"coalesce(app, case(raw=1, "one"), null())"#),
                eval("src", r#"if(isnull(src), sourcetype, src)"#),
                eval(
                    "name",
                    r#"case(isnotnull(name) AND name!="", name, isnotnull(app), lower(app), 1=1, "unknown")"#,
                ),
                eval("n", "n+1"),
                eval("two", r#"coalesce(two, "x")"#),
                eval("two", "lower(two)"),
            ],
            ..Dataset::default()
        };
        let model = DataModel { name: "M".into(), datasets: vec![root] };
        let scope = Scope::new(Arc::new(model), "D", Span::default()).unwrap();
        let parsed = sepal_parser::parse(condition);
        let Command::Search(s) = &parsed.pipeline.stages[0].command else { panic!() };
        show(Defaults::new(&scope).implied(&s.expr))
    }

    fn show(e: Option<SearchExpr>) -> String {
        let list = |es: Vec<SearchExpr>, by: &str| {
            es.into_iter().map(|e| show(Some(e))).collect::<Vec<_>>().join(by)
        };
        match e {
            None => "-".into(),
            Some(SearchExpr::And(es)) => format!("({})", list(es, " AND ")),
            Some(SearchExpr::Or(es)) => format!("({})", list(es, " OR ")),
            Some(SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. }) => field.node,
            Some(SearchExpr::Not(e)) => format!("NOT {}", show(Some(*e))),
            Some(SearchExpr::Term(v)) => v.text,
            Some(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn only_what_is_certain_is_asked_before() {
        for (condition, want) in [
            ("user=eve", "user"),
            // an event without a user may become one of `unknown`
            ("user=unk*", "(user OR NOT user OR user)"),
            ("user=*", "(user OR NOT user OR user)"),
            ("user!=eve", "(user OR NOT user OR user)"),
            ("name=cmd.exe", "(name OR NOT name OR name)"),
            ("NOT user=eve", "-"),
            ("user IN (eve, bob)", "user"),
            ("user IN (eve, UNKNOWN)", "(user OR NOT user OR user)"),
            ("app=two", "app"),
            ("app=ONE", "(app OR NOT app OR app)"),
            ("src=x", "(src OR NOT src OR src)"),
            ("n=1", "-"),
            ("two=y", "-"),
            ("raw=1", "raw"),
            ("user=eve n=1", "(user)"),
            ("user=eve OR n=1", "-"),
            ("user=eve OR raw=2", "(user OR raw)"),
            ("r*=1", "-"),
        ] {
            assert_eq!(implied(condition), want, "{condition}");
        }
    }
}
