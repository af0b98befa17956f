//! The parts of a condition.

use super::diagnosis::cut;
use sepal_data::Batch;
use sepal_exec::RunCx;
use sepal_exec::eval::Program;
use sepal_exec::plan::PlanCx;
use sepal_exec::search::SearchProgram;
use sepal_parser::ast::{BinaryOp, Expr, ExprKind, SearchExpr, Span};

/// One part of a condition: a row must meet all.
pub(super) struct Term {
    /// As it is written.
    pub text: String,
    /// The fields whose values say why it does not hold.
    pub fields: Vec<String>,
    /// The fields that it reads; none where that may be any.
    pub reads: Option<Vec<String>>,
    test: Test,
}

enum Test {
    Search(Box<SearchProgram>),
    Eval(Program),
}

/// Characters of a part.
const TEXT: usize = 160;

impl Term {
    /// For each row, whether it meets this part.
    pub fn mask(&self, batch: &Batch, cx: &RunCx) -> Vec<bool> {
        match &self.test {
            Test::Search(program) => program.mask(batch, cx),
            Test::Eval(program) => program.mask(batch, cx),
        }
    }
}

/// The parts of a condition of `search`, without time modifiers and subsearches.
pub(super) fn terms(expr: &SearchExpr, text: &str) -> Vec<Term> {
    let mut all = Vec::new();
    parts(expr, &mut all);
    let one = |e: &SearchExpr| {
        let program = SearchProgram::compile(e).ok()?;
        let mut fields = Vec::new();
        let open = !read(e, &mut fields);
        fields.dedup();
        let reads = (!open).then(|| fields.clone());
        let test = Test::Search(Box::new(program));
        Some(Term { text: cut(&written(e, text), TEXT), fields, reads, test })
    };
    all.into_iter().filter_map(one).collect()
}

fn parts<'e>(expr: &'e SearchExpr, out: &mut Vec<&'e SearchExpr>) {
    match expr {
        SearchExpr::And(all) => all.iter().for_each(|e| parts(e, out)),
        SearchExpr::Time { .. }
        | SearchExpr::Subsearch(_)
        | SearchExpr::CompareSubsearch { .. }
        | SearchExpr::InSubsearch { .. } => {}
        // it holds for every event
        SearchExpr::Term(v) if v.text == "*" => {}
        other => out.push(other),
    }
}

/// The fields of a condition; whether those are all.
fn read(expr: &SearchExpr, out: &mut Vec<String>) -> bool {
    match expr {
        SearchExpr::And(all) | SearchExpr::Or(all) => {
            all.iter().fold(true, |closed, e| read(e, out) && closed)
        }
        SearchExpr::Not(e) => read(e, out),
        SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => {
            if !out.contains(&field.node) {
                out.push(field.node.clone());
            }
            !field.node.contains('*')
        }
        SearchExpr::Call(e) => match Program::compile(e) {
            Ok(program) => {
                out.extend(program.fields().map(ToString::to_string));
                !program.reads_whole_row()
            }
            Err(_) => false,
        },
        SearchExpr::Term(_) | SearchExpr::Time { .. } => true,
        _ => false,
    }
}

/// A condition as it is written, with its parentheses where they count.
fn written(expr: &SearchExpr, text: &str) -> String {
    let list = |all: &[SearchExpr], between: &str| {
        let all: Vec<String> = all.iter().map(|e| written(e, text)).collect();
        format!("({})", all.join(between))
    };
    match expr {
        SearchExpr::And(all) => list(all, " "),
        SearchExpr::Or(all) => list(all, " OR "),
        SearchExpr::Not(e) => format!("NOT {}", written(e, text)),
        SearchExpr::Compare { span, .. }
        | SearchExpr::In { span, .. }
        | SearchExpr::CompareSubsearch { span, .. }
        | SearchExpr::InSubsearch { span, .. } => slice(*span, text),
        SearchExpr::Term(v) => slice(v.span, text),
        SearchExpr::Time { key, value } => slice(key.span.to(value.span), text),
        SearchExpr::Call(e) => slice(e.span, text),
        SearchExpr::Subsearch(p) => slice(p.span, text),
    }
}

fn slice(span: Span, text: &str) -> String {
    let text = text.get(span.range()).unwrap_or("?");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parts of a condition of `where`.
pub(super) fn terms_of_where(expr: &Expr, text: &str, cx: &PlanCx) -> Vec<Term> {
    let mut all = Vec::new();
    parts_of_where(expr, &mut all);
    let one = |e: &Expr| {
        let program = Program::compile_with(e, cx).ok()?;
        let fields: Vec<String> = program.fields().map(ToString::to_string).collect();
        let reads = (!program.reads_whole_row()).then(|| fields.clone());
        let text = cut(&slice(e.span, text), TEXT);
        Some(Term { text, fields, reads, test: Test::Eval(program) })
    };
    all.into_iter().filter_map(one).collect()
}

fn parts_of_where<'e>(expr: &'e Expr, out: &mut Vec<&'e Expr>) {
    // a long AND leans to the left
    let mut open = vec![expr];
    while let Some(e) = open.pop() {
        match &e.kind {
            ExprKind::Binary { op: BinaryOp::And, lhs, rhs } => open.extend([&**rhs, &**lhs]),
            ExprKind::Subsearch(_) => {}
            _ => out.push(e),
        }
    }
}
