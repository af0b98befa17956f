//! `true`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "true",
    aliases: &[],
    arity: (0, 0),
    category: "conditional",
    doc: FunctionDoc {
        summary: "The truth value true.",
        syntax: "true()",
        details: r#"The default of case(): `true(), "x"` as its last pair."#,
        source: pages::CONDITION,
        examples: &[
            ex(r#"case(1=2, "a", true(), "b")"#, r#""b""#),
            ex("tostring(true())", r#""True""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(_: &[Cell]) -> Cell {
    Cell::Bool(true)
}
