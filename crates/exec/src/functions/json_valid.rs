//! `json_valid`.

use super::shared::{ex, pages};
use super::shared::{json_path, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_valid",
    aliases: &[],
    arity: (1, 1),
    category: "json",
    doc: FunctionDoc {
        summary: "Whether the value is valid JSON.",
        syntax: "json_valid(<json>)",
        details: "",
        source: pages::JSON,
        examples: &[
            ex(r#"json_valid("{\"names\":[\"maria\",\"arun\"]}")"#, r#""True""#),
            ex(r#"json_valid("{names}")"#, r#""False""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    text(args, 0).map(|s| json_path::read(&s).is_some()).into()
}
