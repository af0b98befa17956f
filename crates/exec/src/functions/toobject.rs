//! `toobject`.

use super::shared::json_path::read_document;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "toobject",
    aliases: &[],
    arity: (1, 1),
    category: "conversion",
    doc: FunctionDoc {
        summary: "The text of a JSON object as that object.",
        syntax: "toobject(<value>)",
        details: "Anything else gives null.",
        source: pages::CONVERSION,
        examples: &[
            ex(
                r#"toobject("{\"name\": \"maria\", \"age\": 25}")"#,
                r#""{\"name\":\"maria\",\"age\":25}""#,
            ),
            ex(r#"toobject("[1]")"#, "null"),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match read_document(&args[0]) {
        Some(j @ Json::Object(_)) => j.to_string().into(),
        _ => Cell::Null,
    }
}
