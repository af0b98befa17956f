//! `json_array`.

use super::shared::json_path::from_cell;
use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_array",
    aliases: &[],
    arity: (0, ANY),
    category: "json",
    doc: FunctionDoc {
        summary: "A JSON array of the values.",
        syntax: "json_array(<values>)",
        details: "A multivalue field is an array of its values; text that is the JSON of an array or object goes in as that.",
        source: pages::JSON,
        examples: &[
            ex(r#"json_array("a", 1, true())"#, r#""[\"a\",1,true]""#),
            ex("json_array()", r#""[]""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Json::Array(args.iter().map(from_cell).collect()).to_string().into()
}
