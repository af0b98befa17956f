//! `toarray`.

use super::shared::json_path::{infer, read_document};
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "toarray",
    aliases: &[],
    arity: (1, 1),
    category: "conversion",
    doc: FunctionDoc {
        summary: "The value as a JSON array, with the types of its elements inferred.",
        syntax: "toarray(<value>)",
        details: "A multivalue field becomes an array; text must be one. Anything else gives null.",
        source: pages::CONVERSION,
        examples: &[
            ex(r#"toarray(split("1,2,3", ","))"#, r#""[1,2,3]""#),
            ex(r#"toarray("somefield")"#, "null"),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match &args[0] {
        Cell::Mv(ms) => Json::Array(ms.iter().map(infer).collect()).to_string().into(),
        other => match read_document(other) {
            Some(j @ Json::Array(_)) => j.to_string().into(),
            _ => Cell::Null,
        },
    }
}
