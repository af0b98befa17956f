//! `mvreverse`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvreverse",
    aliases: &[],
    arity: (1, 1),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The values in reverse order.",
        syntax: "mvreverse(<value>)",
        details: "",
        source: pages::MV,
        examples: &[
            ex(r#"mvreverse(split("1,2,3", ","))"#, r#"["3","2","1"]"#),
            ex(r#"mvreverse("a")"#, r#""a""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Cell::from_members(args[0].members().iter().rev().cloned())
}
