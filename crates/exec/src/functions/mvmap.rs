//! `mvmap`.

use super::shared::one_field;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Over, Row};
use crate::run_cx::RunCx;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvmap",
    aliases: &[],
    arity: (2, 2),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The values of an expression for each value of a multivalue field.",
        syntax: "mvmap(<mv>,<expression>)",
        details: "The first argument is the field, or an expression over it such as mvindex(field, 1, 2); in the second its name stands for one value. Null results are left out.",
        source: pages::MV,
        examples: &[ex("mvmap(missing, missing*10)", "null"), ex("mvmap(x, 5)", "null")],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let Ok(Some(field)) = one_field(&args[0]) else {
        let d = Diagnostic::error("SPL2009", args[0].span, "mvmap needs a field to go through");
        return c.fail(d.label("this names none, or more than one").help(SPEC.doc.syntax));
    };
    let slot = c.slot(&field);
    let (values, each) = (c.node(&args[0]), c.node(&args[1]));
    Box::new(MvMap { slot, values, each })
}

struct MvMap {
    slot: u32,
    values: NodeBox,
    each: NodeBox,
}
impl Node for MvMap {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let values = self.values.eval(row, cx);
        Cell::from_members(values.members().iter().map(|m| {
            let over = Over::new(self.slot, m, row);
            self.each.eval(&row.with(&over), cx).into_value()
        }))
    }
}
