//! `json`.

use super::shared::{ex, pages};
use super::shared::{json_path, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json",
    aliases: &[],
    arity: (1, 1),
    category: "json",
    doc: FunctionDoc {
        summary: "The value where it is valid JSON, else null.",
        syntax: "json(<value>)",
        details: "",
        source: pages::JSON,
        examples: &[
            ex(r#"json("{\"animal\" : \"pony\"}")"#, r#""{\"animal\" : \"pony\"}""#),
            ex(r#"json("Golden Gate Bridge")"#, "null"),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match text(args, 0) {
        Some(s) if json_path::read(&s).is_some() => args[0].clone(),
        _ => Cell::Null,
    }
}
