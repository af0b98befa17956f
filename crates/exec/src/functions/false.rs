//! `false`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "false",
    aliases: &[],
    arity: (0, 0),
    category: "conditional",
    doc: FunctionDoc {
        summary: "The truth value false.",
        syntax: "false()",
        details: "",
        source: pages::CONDITION,
        examples: &[
            ex(r#"if(false(), "a", "b")"#, r#""b""#),
            ex("tostring(false())", r#""False""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(_: &[Cell]) -> Cell {
    Cell::Bool(false)
}
