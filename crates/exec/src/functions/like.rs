//! `like`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::like::Like;
use crate::eval::{Compiler, NodeBox};
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "like",
    aliases: &[],
    arity: (2, 2),
    category: "conditional",
    doc: FunctionDoc {
        summary: "Whether a text fits a pattern in which `%` is any text and `_` any one character.",
        syntax: "like(<str>,<pattern>)",
        details: "Letter case matters; nothing escapes. A multivalue field fits if one of its members does. A missing field gives null.",
        source: pages::CONDITION,
        examples: &[
            ex(r#"like("foobar", "foo%")"#, r#""True""#),
            ex(r#"like("a foo", "foo%")"#, r#""False""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let (text, pattern) = (c.node(&args[0]), c.node(&args[1]));
    Like::node(text, pattern)
}
