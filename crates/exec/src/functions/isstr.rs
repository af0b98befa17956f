//! `isstr`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "isstr",
    aliases: &[],
    arity: (1, 1),
    category: "informational",
    doc: FunctionDoc {
        summary: "Whether the value is text that is no number.",
        syntax: "isstr(<value>)",
        details: "Text in quotes always is.",
        source: pages::INFO,
        examples: &[ex(r#"isstr("5")"#, r#""True""#), ex("isstr(5)", r#""False""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Cell::Bool(match &args[0] {
        Cell::Str(_) => true,
        c @ Cell::Text(_) => c.number().is_none(),
        _ => false,
    })
}
