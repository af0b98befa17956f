//! `json_set`.

use super::shared::json_edit::{self, Edit};
use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Compiler, NodeBox};
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_set",
    aliases: &[],
    arity: (3, ANY),
    category: "json",
    doc: FunctionDoc {
        summary: "The document with each path's value set.",
        syntax: "json_set(<json>, <path_value_pairs>)",
        details: "Missing keys on the way are made. A path that goes into a value that is no object is skipped. Null where the document is no JSON.",
        source: pages::JSON,
        examples: &[
            ex(r#"json_set("{\"a\":1}", "b.c", true())"#, r#""{\"a\":1,\"b\":{\"c\":true}}""#),
            ex(r#"json_set("{\"a\":[1,2]}", "a{1}", 3)"#, r#""{\"a\":[1,3]}""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let apply = |place: &mut _, value| *place = value;
    json_edit::compile(c, args, &SPEC, Edit { create: true, exact: false, apply })
}
