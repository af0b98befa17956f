//! `nullif`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, equal};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "nullif",
    aliases: &[],
    arity: (2, 2),
    category: "conditional",
    doc: FunctionDoc {
        summary: "Null where the two values are equal, else the first.",
        syntax: "nullif(<field1>,<field2>)",
        details: "",
        source: pages::CONDITION,
        examples: &[ex(r#"nullif("a", "a")"#, "null"), ex(r#"nullif("a", "b")"#, r#""a""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    if equal(&args[0], &args[1]) { Cell::Null } else { args[0].clone() }
}
