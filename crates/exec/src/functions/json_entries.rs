//! `json_entries`.

use super::shared::json_path::read_document;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::{Value as Json, json};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_entries",
    aliases: &[],
    arity: (1, 1),
    category: "json",
    doc: FunctionDoc {
        summary: "An array of objects with `key` and `value`, one for each member of the object.",
        syntax: "json_entries(<value>)",
        details: "",
        source: pages::JSON,
        examples: &[
            ex(
                r#"json_entries("{\"a\": 1, \"b\": 2}")"#,
                r#""[{\"key\":\"a\",\"value\":1},{\"key\":\"b\",\"value\":2}]""#,
            ),
            ex(r#"json_entries("{}")"#, r#""[]""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match read_document(&args[0]) {
        Some(Json::Object(map)) => {
            Json::Array(map.into_iter().map(|(k, v)| json!({ "key": k, "value": v })).collect())
                .to_string()
                .into()
        }
        _ => Cell::Null,
    }
}
