//! `json_append`.

use super::shared::json_edit::{self, Edit};
use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Compiler, NodeBox};
use sepal_parser::ast::{Expr, Span};
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_append",
    aliases: &[],
    arity: (3, ANY),
    category: "json",
    doc: FunctionDoc {
        summary: "The document with a value added at the end of the array at each path.",
        syntax: "json_append(<json>, <path_value_pairs>)",
        details: "A value that is no array becomes one. An array is added as one element. Paths that lead nowhere are ignored. Null where the document is no JSON.",
        source: pages::JSON,
        examples: &[
            ex(r#"json_append("{\"a\":[1]}", "a", 2)"#, r#""{\"a\":[1,2]}""#),
            ex(r#"json_append("{\"a\":1}", "a", "x")"#, r#""{\"a\":[1,\"x\"]}""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    json_edit::compile(c, args, &SPEC, Edit { create: false, exact: false, apply: append })
}

fn append(place: &mut Json, value: Json) {
    json_edit::as_array(place).push(value);
}
