//! `json_keys`.

use super::shared::json_path::read_document;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_keys",
    aliases: &[],
    arity: (1, 1),
    category: "json",
    doc: FunctionDoc {
        summary: "The keys of a JSON object as a JSON array.",
        syntax: "json_keys(<json>)",
        details: "",
        source: pages::JSON,
        examples: &[
            ex(r#"json_keys("{\"name\":\"x\",\"length\":1352}")"#, r#""[\"name\",\"length\"]""#),
            ex(r#"json_keys("[1]")"#, "null"),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match read_document(&args[0]) {
        Some(Json::Object(map)) => {
            Json::Array(map.into_iter().map(|(k, _)| Json::String(k)).collect()).to_string().into()
        }
        _ => Cell::Null,
    }
}
