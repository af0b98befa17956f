use super::compile::{Node, NodeBox, Row};
use super::{Cell, Precision};
use crate::run_cx::RunCx;
use sepal_data::{Value, number};
use sepal_parser::ast::{BinaryOp, UnaryOp};
use smol_str::SmolStr;

/// The number that a cell is or looks like, quoted or not, and its precision; none for null,
/// truth values and several values.
pub fn numeric(cell: &Cell) -> Option<(f64, Option<Precision>)> {
    match cell {
        Cell::Num(n) => Some((*n, None)),
        Cell::Dec(n, p) => Some((*n, Some(*p))),
        Cell::Text(s) | Cell::Str(s) => Some((number::parse(s)?, Precision::of_text(s))),
        Cell::Mv(ms) if ms.len() == 1 => numeric_value(&ms[0]),
        _ => None,
    }
}

fn numeric_value(v: &Value) -> Option<(f64, Option<Precision>)> {
    match v {
        Value::Num(n) => Some((*n, None)),
        Value::Text(s) => Some((number::parse(s)?, Precision::of_text(s))),
        _ => None,
    }
}

/// A number of that precision.
pub(super) fn with_precision(n: f64, p: Option<Precision>) -> Cell {
    p.map_or(Cell::Num(n), |p| Cell::Dec(n, p))
}

/// `+`, `-`, `*`, `/`, `%` and `.` of two values. What cannot be computed is null: a missing
/// operand, a text that is no number, division by zero.
///
/// Source: Splunk Search Reference, eval, "Operators" and "Numeric calculations".
pub(super) fn apply(op: BinaryOp, a: &Cell, b: &Cell) -> Cell {
    if a.is_null() || b.is_null() {
        return Cell::Null;
    }
    if op == BinaryOp::Concat {
        return concat(a, b);
    }
    if op == BinaryOp::Add && joins(a, b) {
        return concat(a, b);
    }
    let (Some((x, px)), Some((y, py))) = (numeric(a), numeric(b)) else { return Cell::Null };
    let n = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::Div | BinaryOp::Rem if y == 0.0 => return Cell::Null,
        BinaryOp::Div => x / y,
        BinaryOp::Rem => x % y,
        _ => return Cell::Null,
    };
    if px.is_none() && py.is_none() {
        return Cell::Num(n);
    }
    let p = match op {
        BinaryOp::Mul | BinaryOp::Div => Precision::of_product(n, px, py),
        _ => Precision::of_sum(n, px, py),
    };
    with_precision(n, p)
}

/// Whether `+` joins: two texts of which at least one is no number, or was written in quotes or
/// made by a text function.
fn joins(a: &Cell, b: &Cell) -> bool {
    let text = |c: &Cell| matches!(c, Cell::Text(_) | Cell::Str(_));
    text(a) && text(b) && (a.number().is_none() || b.number().is_none())
}

fn concat(a: &Cell, b: &Cell) -> Cell {
    match (a.single_text(), b.single_text()) {
        (Some(a), Some(b)) => {
            let mut s = String::with_capacity(a.len() + b.len());
            s.push_str(&a);
            s.push_str(&b);
            Cell::Str(SmolStr::from(s))
        }
        _ => Cell::Null,
    }
}

/// Unary `-` and `+`.
pub(super) fn apply_unary(op: UnaryOp, a: &Cell) -> Cell {
    match (op, numeric(a)) {
        (UnaryOp::Neg, Some((n, p))) => with_precision(-n, p),
        (UnaryOp::Plus, Some(_)) => a.clone(),
        _ => Cell::Null,
    }
}

pub(super) struct Arithmetic {
    pub op: BinaryOp,
    pub lhs: NodeBox,
    pub rhs: NodeBox,
}
impl Node for Arithmetic {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let a = self.lhs.eval(row, cx);
        if a.is_null() {
            return Cell::Null;
        }
        apply(self.op, &a, &self.rhs.eval(row, cx))
    }
}

pub(super) struct Sign {
    pub op: UnaryOp,
    pub inner: NodeBox,
}
impl Node for Sign {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        apply_unary(self.op, &self.inner.eval(row, cx))
    }
}
