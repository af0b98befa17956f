//! `isnum`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "isnum",
    aliases: &[],
    arity: (1, 1),
    category: "informational",
    doc: FunctionDoc {
        summary: "Whether the value is a number.",
        syntax: "isnum(<value>)",
        details: "The value of a field is one if its text is; text in quotes is not.",
        source: pages::INFO,
        examples: &[ex("isnum(5.5)", r#""True""#), ex(r#"isnum("5")"#, r#""False""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Cell::Bool(args[0].number().is_some())
}
