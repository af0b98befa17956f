//! `case`.

use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "case",
    aliases: &[],
    arity: (2, ANY),
    category: "conditional",
    doc: FunctionDoc {
        summary: "The value after the first condition that is true.",
        syntax: "case(<condition>,<value>,...)",
        details: r#"Null where none is true; `true(), "x"` as the last pair is the default. Values are computed only when needed."#,
        source: pages::CONDITION,
        examples: &[
            ex(r#"case(404==200, "OK", 404==404, "Not found")"#, r#""Not found""#),
            ex(r#"case(1=2, "a")"#, "null"),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    match pairs(c, args, &SPEC) {
        Ok(pairs) => Box::new(Case(pairs)),
        Err(node) => node,
    }
}

/// The conditions with their values; `case` and `validate` take them.
pub(super) fn pairs(
    c: &mut Compiler,
    args: &[Expr],
    spec: &FunctionSpec,
) -> Result<Vec<(NodeBox, NodeBox)>, NodeBox> {
    let (pairs, rest) = args.as_chunks::<2>();
    if let [alone] = rest {
        let d = Diagnostic::error(
            "SPL2147",
            alone.span,
            format!("{} takes pairs of a condition and a value", spec.name),
        );
        return Err(c.fail(d.label("the last condition has no value").help(spec.doc.syntax)));
    }
    Ok(pairs.iter().map(|[test, value]| (c.node(test), c.node(value))).collect())
}

struct Case(Vec<(NodeBox, NodeBox)>);
impl Case {
    fn branch(&self, row: &Row<'_>, cx: &RunCx) -> Option<&dyn Node> {
        let (_, value) = self.0.iter().find(|(t, _)| t.test(row, cx) == Some(true))?;
        Some(&**value)
    }
}
impl Node for Case {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.branch(row, cx).map_or(Cell::Null, |n| n.eval(row, cx))
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        self.branch(row, cx)?.test(row, cx)
    }
}
