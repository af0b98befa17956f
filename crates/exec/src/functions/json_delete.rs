//! `json_delete`.

use super::shared::json_path::{read, read_document};
use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_delete",
    aliases: &[],
    arity: (2, ANY),
    category: "json",
    doc: FunctionDoc {
        summary: "The object without the given keys.",
        syntax: "json_delete(<object>,<keys>)",
        details: "`a.b` names a key of a nested object. A JSON array of keys may be given. Null where the value is no object.",
        source: pages::JSON,
        examples: &[
            ex(r#"json_delete("{\"a\":1,\"b\":2}", "a")"#, r#""{\"b\":2}""#),
            ex(r#"json_delete("{\"a\":{\"b\":1,\"c\":2}}", "a.b")"#, r#""{\"a\":{\"c\":2}}""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let Some(mut object @ Json::Object(_)) = read_document(&args[0]) else { return Cell::Null };
    for key in args[1..].iter().flat_map(|a| a.members().into_owned()) {
        let text = key.text();
        match read(&text) {
            Some(Json::Array(keys)) => {
                keys.iter().filter_map(Json::as_str).for_each(|k| remove(&mut object, k));
            }
            _ => remove(&mut object, &text),
        }
    }
    object.to_string().into()
}

fn remove(object: &mut Json, path: &str) {
    let (parents, key) = match path.rsplit_once('.') {
        Some((p, k)) => (p.split('.').collect(), k),
        None => (Vec::new(), path),
    };
    let mut at = object;
    for p in parents {
        match at.get_mut(p) {
            Some(next) => at = next,
            None => return,
        }
    }
    if let Json::Object(map) = at {
        map.shift_remove(key);
    }
}
