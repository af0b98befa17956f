//! `json_has_key_exact`.

use super::shared::{ex, pages};
use super::shared::{json_path::read_document, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_has_key_exact",
    aliases: &[],
    arity: (2, 2),
    category: "json",
    doc: FunctionDoc {
        summary: "Whether a JSON object has a key; the key is taken as it is, dots and all.",
        syntax: "json_has_key_exact(<object>, <key>)",
        details: "Null where the value is no object.",
        source: pages::JSON,
        examples: &[
            ex(r#"json_has_key_exact("{\"a.b\":10}", "a.b")"#, r#""True""#),
            ex(r#"json_has_key_exact("{\"a\":1}", "b")"#, r#""False""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match (read_document(&args[0]), text(args, 1)) {
        (Some(Json::Object(map)), Some(key)) => Cell::Bool(map.contains_key(key.as_ref())),
        _ => Cell::Null,
    }
}
