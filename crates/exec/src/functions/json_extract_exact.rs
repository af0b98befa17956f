//! `json_extract_exact`.

use super::shared::{ex, pages};
use super::shared::{json_path, text};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_extract_exact",
    aliases: &[],
    arity: (1, ANY),
    category: "json",
    doc: FunctionDoc {
        summary: "The value of a key of a JSON object; the key is taken as it is, dots and all.",
        syntax: "json_extract_exact(<json>, <keys>)",
        details: "With several keys a JSON array of their values.",
        source: pages::JSON,
        examples: &[
            ex(r#"json_extract_exact("{\"a.b\":1}", "a.b")"#, r#""1""#),
            ex(r#"json_extract_exact("{\"a\":1,\"b\":2}", "a", "b")"#, r#""[1,2]""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let Some(json) = text(args, 0).and_then(|s| json_path::read(&s)) else { return Cell::Null };
    let at = |i| json.get(text(args, i)?.as_ref());
    match args.len() {
        1 => json_path::to_cell(&json),
        2 => at(1).map_or(Cell::Null, json_path::to_cell),
        n => Json::Array((1..n).map(|i| at(i).cloned().unwrap_or(Json::Null)).collect())
            .to_string()
            .into(),
    }
}
