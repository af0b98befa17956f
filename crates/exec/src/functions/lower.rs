//! `lower`.

use super::shared::map_text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "lower",
    aliases: &[],
    arity: (1, 1),
    category: "text",
    doc: FunctionDoc {
        summary: "The text in lower case.",
        syntax: "lower(<str>)",
        details: "Every member of a multivalue field is changed.",
        source: pages::TEXT,
        examples: &[
            ex(r#"lower("Bob_SMITH")"#, r#""bob_smith""#),
            ex(r#"lower(split("A,B", ","))"#, r#"["a","b"]"#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    map_text(&args[0], str::to_lowercase)
}
