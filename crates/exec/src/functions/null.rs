//! `null`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "null",
    aliases: &[],
    arity: (0, 0),
    category: "conditional",
    doc: FunctionDoc {
        summary: "No value: a field that is set to it does not exist.",
        syntax: "null()",
        details: "",
        source: pages::CONDITION,
        examples: &[ex("null()", "null"), ex("isnull(null())", r#""True""#)],
    },
    imp: Imp::Pure(run),
};

fn run(_: &[Cell]) -> Cell {
    Cell::Null
}
