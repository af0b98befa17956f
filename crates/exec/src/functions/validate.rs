//! `validate`.

use super::case::pairs;
use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "validate",
    aliases: &[],
    arity: (2, ANY),
    category: "conditional",
    doc: FunctionDoc {
        summary: "The value after the first condition that is false.",
        syntax: "validate(<condition>,<value>,...)",
        details: "Null where none is false: the opposite of case().",
        source: pages::CONDITION,
        examples: &[
            ex(r#"validate(1=1, "one", 1=2, "two")"#, r#""two""#),
            ex(r#"validate(1=1, "one")"#, "null"),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    match pairs(c, args, &SPEC) {
        Ok(pairs) => Box::new(Validate(pairs)),
        Err(node) => node,
    }
}

struct Validate(Vec<(NodeBox, NodeBox)>);
impl Node for Validate {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        match self.0.iter().find(|(t, _)| t.test(row, cx) == Some(false)) {
            Some((_, value)) => value.eval(row, cx),
            None => Cell::Null,
        }
    }
}
