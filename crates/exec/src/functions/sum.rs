//! `sum`.

use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, ExprKind, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "sum",
    aliases: &[],
    arity: (1, ANY),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The sum of the numbers among the arguments and their members.",
        syntax: "sum(<num>,...)",
        details: "Missing fields and values that are no number are left out; null where there is no number. Text in quotes is refused: use tonumber().",
        source: pages::MATH,
        examples: &[ex("sum(1, 2, 3)", "6"), ex(r#"sum(1, 2, tonumber("3"))"#, "6")],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let mut nodes = Vec::with_capacity(args.len());
    for arg in args {
        if let ExprKind::String(_) = arg.kind {
            let d = Diagnostic::error("SPL2005", arg.span, "sum cannot take this text as a number");
            return c
                .fail(d.label("text in quotes is text").help("tonumber() makes a number of it"));
        }
        nodes.push(c.node(arg));
    }
    Box::new(Sum(nodes))
}

struct Sum(Vec<NodeBox>);
impl Node for Sum {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let mut sum = None;
        for node in &self.0 {
            for n in node.eval(row, cx).member_cells().filter_map(|m| m.number_lenient()) {
                sum = Some(sum.unwrap_or(0.0) + n);
            }
        }
        sum.into()
    }
}
