//! `isnull`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "isnull",
    aliases: &[],
    arity: (1, 1),
    category: "informational",
    doc: FunctionDoc {
        summary: "Whether there is no value.",
        syntax: "isnull(<value>)",
        details: "An empty text is a value.",
        source: pages::INFO,
        examples: &[ex("isnull(missing)", r#""True""#), ex(r#"isnull("")"#, r#""False""#)],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    IsNull::node(c, &args[0], true)
}

/// `isnull` (`want`) and `isnotnull`; a field's value is not copied.
pub(super) struct IsNull {
    inner: NodeBox,
    slot: Option<u32>,
    want: bool,
}
impl IsNull {
    pub fn node(c: &mut Compiler, arg: &Expr, want: bool) -> NodeBox {
        let inner = c.node(arg);
        if let Some(k) = inner.constant() {
            return c.constant(Cell::Bool(k.is_null() == want));
        }
        let slot = inner.field().map(|f| c.slot(f));
        Box::new(IsNull { inner, slot, want })
    }
}
impl Node for IsNull {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        let null = match self.slot {
            Some(slot) => row.field(slot).is_null(),
            None => self.inner.eval(row, cx).is_null(),
        };
        Some(null == self.want)
    }
}
