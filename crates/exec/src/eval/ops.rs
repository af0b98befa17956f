//! From operators to nodes: folds literals, takes the fast paths.

use super::compile::{Compiler, NodeBox};
use super::{Cell, ConstSet, Precision, arithmetic, compare, like, logic};
use sepal_data::number;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{BinaryOp, CompareOp, Span, UnaryOp};

/// A number literal. Whole numbers that a double cannot hold keep every digit as text.
pub(super) fn number(c: &mut Compiler, text: &str, span: Span) -> NodeBox {
    let Some(n) = number::parse(text) else {
        return c.fail(Diagnostic::error("SPL2148", span, format!("`{text}` is not a number")));
    };
    if let Some(p) = Precision::of_text(text) {
        return c.constant(Cell::Dec(n, p));
    }
    if n.abs() > 9_007_199_254_740_992.0 && text.bytes().all(|b| b.is_ascii_digit()) {
        return c.constant(Cell::Text(text.into()));
    }
    c.constant(Cell::Num(n))
}

pub(super) fn unary(c: &mut Compiler, op: UnaryOp, inner: NodeBox) -> NodeBox {
    match op {
        UnaryOp::Not => {
            let node = logic::Not(inner);
            match node.0.constant() {
                Some(Cell::Bool(b)) => c.constant(Cell::Bool(!b)),
                Some(_) => c.constant(Cell::Null),
                None => Box::new(node),
            }
        }
        UnaryOp::Neg | UnaryOp::Plus => match inner.constant() {
            Some(k) => c.constant(arithmetic::apply_unary(op, k)),
            None => Box::new(arithmetic::Sign { op, inner }),
        },
    }
}

pub(super) fn binary(
    c: &mut Compiler,
    op: BinaryOp,
    lhs: NodeBox,
    rhs: NodeBox,
    span: Span,
) -> NodeBox {
    match op {
        BinaryOp::Xor => match (lhs.constant(), rhs.constant()) {
            (Some(Cell::Bool(a)), Some(Cell::Bool(b))) => c.constant(Cell::Bool(a ^ b)),
            _ => Box::new(logic::Xor(lhs, rhs)),
        },
        BinaryOp::And | BinaryOp::Or => logic::chain(c, op == BinaryOp::And, vec![lhs, rhs]),
        BinaryOp::Like => like::Like::node(lhs, rhs),
        BinaryOp::Compare(op) => comparison(c, op, lhs, rhs),
        BinaryOp::Concat
        | BinaryOp::Add
        | BinaryOp::Sub
        | BinaryOp::Mul
        | BinaryOp::Div
        | BinaryOp::Rem => {
            if let Some(d) = wrong_types(op, &lhs, &rhs, span) {
                return c.fail(d);
            }
            if let (Some(a), Some(b)) = (lhs.constant(), rhs.constant()) {
                return c.constant(arithmetic::apply(op, a, b));
            }
            Box::new(arithmetic::Arithmetic { op, lhs, rhs })
        }
    }
}

/// Splunk refuses arithmetic on text in quotes before it runs the search; so do we, where the
/// types are plain to see.
fn wrong_types(op: BinaryOp, lhs: &NodeBox, rhs: &NodeBox, span: Span) -> Option<Diagnostic> {
    let sign = match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        _ => return None,
    };
    let is_text = |n: &NodeBox| matches!(n.constant(), Some(Cell::Str(_)));
    let is_number = |n: &NodeBox| matches!(n.constant(), Some(Cell::Num(_) | Cell::Dec(..)));
    let wrong = match op {
        BinaryOp::Add => (is_text(lhs) && is_number(rhs)) || (is_number(lhs) && is_text(rhs)),
        _ => is_text(lhs) || is_text(rhs),
    };
    wrong.then(|| {
        Diagnostic::error("SPL2005", span, format!("`{sign}` cannot take this text as a number"))
            .label("text in quotes, or what a text function gives, is text")
            .help("tonumber() makes a number of it; `.` joins values as text")
    })
}

pub(super) fn comparison(c: &mut Compiler, op: CompareOp, lhs: NodeBox, rhs: NodeBox) -> NodeBox {
    if let (Some(a), Some(b)) = (lhs.constant(), rhs.constant()) {
        return c.constant(compare::compare(op, a, b).into());
    }
    if let (Some(field), Some(k)) = (lhs.field(), rhs.constant())
        && let Some(node) = compare::CompareField::new(c.slot(field), op, k)
    {
        return Box::new(node);
    }
    if let (Some(k), Some(field)) = (lhs.constant(), rhs.field())
        && let Some(node) = compare::CompareField::new(c.slot(field), flip(op), k)
    {
        return Box::new(node);
    }
    Box::new(compare::Compare { op, lhs, rhs })
}

fn flip(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::Le => CompareOp::Ge,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::Ge => CompareOp::Le,
        same => same,
    }
}

pub(crate) fn is_in(c: &mut Compiler, inner: NodeBox, list: Vec<NodeBox>) -> NodeBox {
    if list.iter().all(|n| n.constant().is_some()) {
        let set = ConstSet::new(list.iter().filter_map(|n| n.constant()));
        let slot = inner.field().map(|f| c.slot(f));
        return Box::new(compare::InConst { inner, slot, set });
    }
    Box::new(compare::In { inner, list })
}
