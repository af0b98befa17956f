//! `in`.

use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Compiler, NodeBox, ops};
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "in",
    aliases: &[],
    arity: (2, ANY),
    category: "conditional",
    doc: FunctionDoc {
        summary: "Whether a value is equal to one of the others.",
        syntax: "in(<value>,<list>)",
        details: "No wildcards. A multivalue field is in the list if one of its members is. A missing field gives null.",
        source: pages::CONDITION,
        examples: &[
            ex(r#"in("404", "404", "500")"#, r#""True""#),
            ex(r#"in("a*", "abc")"#, r#""False""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let nodes: Vec<NodeBox> = args[1..].iter().map(|a| c.node(a)).collect();
    let value = c.node(&args[0]);
    ops::is_in(c, value, nodes)
}
