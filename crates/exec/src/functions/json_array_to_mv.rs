//! `json_array_to_mv`.

use super::shared::json_path::read_document;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_array_to_mv",
    aliases: &[],
    arity: (1, 2),
    category: "json",
    doc: FunctionDoc {
        summary: "The elements of a JSON array as a multivalue.",
        syntax: "json_array_to_mv(<json_array>, <boolean>)",
        details: "With true() as the second argument texts keep their quotation marks. Null where the value is no array.",
        source: pages::JSON,
        examples: &[
            ex(r#"json_array_to_mv("[\"a\",1]")"#, r#"["a","1"]"#),
            ex(r#"json_array_to_mv("[\"a\",1]", true())"#, r#"["\"a\"","1"]"#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let quotes = args.get(1).is_some_and(Cell::is_true);
    match read_document(&args[0]) {
        Some(Json::Array(items)) => Cell::from_members(items.iter().map(|j| match j {
            Json::String(s) if !quotes => s.as_str().into(),
            other => other.to_string().into(),
        })),
        _ => Cell::Null,
    }
}
