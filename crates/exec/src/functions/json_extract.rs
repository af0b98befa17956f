//! `json_extract`.

use super::shared::{ex, pages};
use super::shared::{json_path, text};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_extract",
    aliases: &[],
    arity: (1, ANY),
    category: "json",
    doc: FunctionDoc {
        summary: "The value at a path of a JSON document.",
        syntax: "json_extract(<json>, <paths>)",
        details: "Without a path the document itself; with several paths a JSON array of their values. Objects and arrays come as JSON text; a path with `{}` gives a JSON array. An index or `{}` at the start of a path also goes into the only member of an object, as Splunk's examples do. Null where the document is no JSON or the path leads nowhere.",
        source: pages::JSON,
        examples: &[
            ex(r#"json_extract("{\"a\":{\"b\":8981}}", "a.b")"#, r#""8981""#),
            ex(r#"json_extract("{\"a\":[{\"n\":1},{\"n\":2}]}", "a{}.n")"#, r#""[1,2]""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let Some(json) = text(args, 0).and_then(|s| json_path::read(&s)) else { return Cell::Null };
    match args.len() {
        1 => json_path::to_cell(&json),
        2 => at(&json, args, 1).map_or(Cell::Null, |j| json_path::to_cell(&j)),
        n => Json::Array((1..n).map(|i| at(&json, args, i).unwrap_or(Json::Null)).collect())
            .to_string()
            .into(),
    }
}

fn at(json: &Json, args: &[Cell], i: usize) -> Option<Json> {
    let path = text(args, i)?;
    if path == "{}" && json.is_object() {
        return Some(json.clone());
    }
    let steps = json_path::parse(&path)?;
    let mut from = json;
    if path.starts_with('{')
        && let Json::Object(map) = json
        && let (1, Some(only)) = (map.len(), map.values().next())
    {
        from = only;
    }
    let found = json_path::extract(from, &steps);
    if json_path::is_many(&steps) {
        return (!found.is_empty()).then(|| Json::Array(found.into_iter().cloned().collect()));
    }
    found.first().map(|j| (*j).clone())
}
