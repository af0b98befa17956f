//! `json_extend`.

use super::shared::json_edit::{self, Edit};
use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Compiler, NodeBox};
use sepal_parser::ast::{Expr, Span};
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_extend",
    aliases: &[],
    arity: (3, ANY),
    category: "json",
    doc: FunctionDoc {
        summary: "The document with the elements of an array added at the end of the array at each path.",
        syntax: "json_extend(<json>, <path_value_pairs>)",
        details: "A value that is no array becomes one. Paths that lead nowhere are ignored. Null where the document is no JSON.",
        source: pages::JSON,
        examples: &[
            ex(r#"json_extend("{\"a\":[1]}", "a", json_array(2, 3))"#, r#""{\"a\":[1,2,3]}""#),
            ex(r#"json_extend("{\"a\":1}", "a", json_array(2))"#, r#""{\"a\":[1,2]}""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    json_edit::compile(c, args, &SPEC, Edit { create: false, exact: false, apply: extend })
}

fn extend(place: &mut Json, value: Json) {
    match value {
        Json::Array(items) => json_edit::as_array(place).extend(items),
        one => json_edit::as_array(place).push(one),
    }
}
