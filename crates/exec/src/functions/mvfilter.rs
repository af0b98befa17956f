//! `mvfilter`.

use super::shared::one_field;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Over, Row};
use crate::run_cx::RunCx;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvfilter",
    aliases: &[],
    arity: (1, 1),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The values of a multivalue field for which a condition holds.",
        syntax: "mvfilter(<predicate>)",
        details: "The condition names exactly one field, and is asked for each of its values. Null where none is left.",
        source: pages::MV,
        examples: &[ex(r#"mvfilter(match(missing, "x"))"#, "null"), ex("mvfilter(1=1)", "null")],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], span: Span) -> NodeBox {
    let field = match one_field(&args[0]) {
        Ok(Some(f)) => f,
        Ok(None) => return c.constant(Cell::Null),
        Err(other) => {
            let d =
                Diagnostic::error("SPL2009", span, "the condition of mvfilter names two fields");
            return c
                .fail(d.label(format!("`{other}` is the second")).help("it can name only one"));
        }
    };
    let slot = c.slot(&field);
    let predicate = c.node(&args[0]);
    Box::new(MvFilter { slot, predicate })
}

struct MvFilter {
    slot: u32,
    predicate: NodeBox,
}
impl Node for MvFilter {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let holds = |m: &&sepal_data::Value| {
            let over = Over::new(self.slot, m, row);
            self.predicate.test(&row.with(&over), cx) == Some(true)
        };
        Cell::from_members(row.field(self.slot).members().iter().filter(holds).cloned())
    }
}
