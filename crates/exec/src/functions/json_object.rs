//! `json_object`.

use super::case::pairs;
use super::shared::json_path::from_cell;
use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::ast::{Expr, Span};
use serde_json::{Map, Value as Json};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_object",
    aliases: &[],
    arity: (0, ANY),
    category: "json",
    doc: FunctionDoc {
        summary: "A JSON object of keys and values.",
        syntax: "json_object(<members>)",
        details: "A multivalue field is an array of its values; text that is the JSON of an array or object goes in as that.",
        source: pages::JSON,
        examples: &[
            ex(
                r#"json_object("name", "maria", "age", 25)"#,
                r#""{\"name\":\"maria\",\"age\":25}""#,
            ),
            ex("json_object()", r#""{}""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    match pairs(c, args, &SPEC) {
        Ok(pairs) => Box::new(JsonObject(pairs)),
        Err(node) => node,
    }
}

struct JsonObject(Vec<(NodeBox, NodeBox)>);
impl Node for JsonObject {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let mut map = Map::with_capacity(self.0.len());
        for (key, value) in &self.0 {
            match key.eval(row, cx).single_text() {
                Some(k) => map.insert(k.into_owned(), from_cell(&value.eval(row, cx))),
                None => return Cell::Null,
            };
        }
        Json::Object(map).to_string().into()
    }
}
