//! `upper`.

use super::shared::map_text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "upper",
    aliases: &[],
    arity: (1, 1),
    category: "text",
    doc: FunctionDoc {
        summary: "The text in upper case.",
        syntax: "upper(<str>)",
        details: "Every member of a multivalue field is changed.",
        source: pages::TEXT,
        examples: &[
            ex(r#"upper("bob")"#, r#""BOB""#),
            ex(r#"upper(split("a,b", ","))"#, r#"["A","B"]"#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    map_text(&args[0], str::to_uppercase)
}
