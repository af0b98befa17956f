use super::Cell;
use super::compile::{Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::ast::{BinaryOp, Span, UnaryOp};

pub(super) fn number(c: &mut Compiler, text: &str, _span: Span) -> NodeBox {
    c.constant(sepal_data::number::parse(text).into())
}

pub(super) fn unary(op: UnaryOp, inner: NodeBox) -> NodeBox {
    let _ = op;
    inner
}

struct Pending;
impl Node for Pending {
    fn eval(&self, _: &Row<'_>, _: &RunCx) -> Cell {
        Cell::Null
    }
}

pub(super) fn binary(_: &mut Compiler, _: BinaryOp, _: NodeBox, _: NodeBox, _: Span) -> NodeBox {
    Box::new(Pending)
}

pub(super) fn is_in(_: NodeBox, _: Vec<NodeBox>) -> NodeBox {
    Box::new(Pending)
}
