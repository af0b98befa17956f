//! `isnotnull`.

use super::isnull::IsNull;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Compiler, NodeBox};
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "isnotnull",
    aliases: &[],
    arity: (1, 1),
    category: "informational",
    doc: FunctionDoc {
        summary: "Whether there is a value.",
        syntax: "isnotnull(<value>)",
        details: "An empty text is a value.",
        source: pages::INFO,
        examples: &[ex(r#"isnotnull("")"#, r#""True""#), ex("isnotnull(missing)", r#""False""#)],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    IsNull::node(c, &args[0], false)
}
