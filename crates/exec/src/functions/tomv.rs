//! `tomv`.

use super::shared::json_path::read_document;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "tomv",
    aliases: &[],
    arity: (1, 1),
    category: "conversion",
    doc: FunctionDoc {
        summary: "The elements of a JSON array as a multivalue; texts keep their quotation marks.",
        syntax: "tomv(<value>)",
        details: "A multivalue field stays as it is; anything else gives null.",
        source: pages::CONVERSION,
        examples: &[ex(r#"tomv("[\"a\",1]")"#, r#"["\"a\"","1"]"#), ex(r#"tomv("a")"#, "null")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match &args[0] {
        c @ Cell::Mv(_) => c.clone(),
        other => match read_document(other) {
            Some(Json::Array(items)) => {
                Cell::from_members(items.iter().map(|j| j.to_string().into()))
            }
            _ => Cell::Null,
        },
    }
}
