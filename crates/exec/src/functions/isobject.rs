//! `isobject`.

use super::shared::json_path::read_document;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "isobject",
    aliases: &[],
    arity: (1, 1),
    category: "informational",
    doc: FunctionDoc {
        summary: "Whether the value is the text of a JSON object.",
        syntax: "isobject(<value>)",
        details: "",
        source: pages::INFO,
        examples: &[
            ex(r#"isobject("{\"a\": 1}")"#, r#""True""#),
            ex(r#"isobject("{cities: \"3\"}")"#, r#""False""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Cell::Bool(read_document(&args[0]).is_some_and(|j| j.is_object()))
}
