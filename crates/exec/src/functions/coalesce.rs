//! `coalesce`.

use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "coalesce",
    aliases: &[],
    arity: (1, ANY),
    category: "conditional",
    doc: FunctionDoc {
        summary: "The first value that is not null.",
        syntax: "coalesce(<values>)",
        details: "An empty text is a value.",
        source: pages::CONDITION,
        examples: &[ex(r#"coalesce(missing, "b")"#, r#""b""#), ex(r#"coalesce("", "b")"#, r#""""#)],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    Box::new(Coalesce(args.iter().map(|a| c.node(a)).collect()))
}

struct Coalesce(Vec<NodeBox>);
impl Node for Coalesce {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.0.iter().map(|n| n.eval(row, cx)).find(|c| !c.is_null()).unwrap_or(Cell::Null)
    }
}
