//! `if`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "if",
    aliases: &[],
    arity: (3, 3),
    category: "conditional",
    doc: FunctionDoc {
        summary: "The second argument where the condition is true, else the third.",
        syntax: "if(<predicate>,<true_value>,<false_value>)",
        details: "A condition that is null is not true. Only the argument that is needed is computed.",
        source: pages::CONDITION,
        examples: &[
            ex(r#"if(200 == 200, "OK", "Problem")"#, r#""OK""#),
            ex(r#"if(missing > 1, "yes", "no")"#, r#""no""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let (test, yes, no) = (c.node(&args[0]), c.node(&args[1]), c.node(&args[2]));
    match test.constant() {
        Some(k) if k.is_true() => yes,
        Some(_) => no,
        None => Box::new(If { test, yes, no }),
    }
}

struct If {
    test: NodeBox,
    yes: NodeBox,
    no: NodeBox,
}
impl If {
    fn branch(&self, row: &Row<'_>, cx: &RunCx) -> &dyn Node {
        if self.test.test(row, cx) == Some(true) { &*self.yes } else { &*self.no }
    }
}
impl Node for If {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.branch(row, cx).eval(row, cx)
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        self.branch(row, cx).test(row, cx)
    }
}
