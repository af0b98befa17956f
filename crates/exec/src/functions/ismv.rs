//! `ismv`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "ismv",
    aliases: &[],
    arity: (1, 1),
    category: "informational",
    doc: FunctionDoc {
        summary: "Whether the value has several values.",
        syntax: "ismv(<value>)",
        details: "",
        source: pages::INFO,
        examples: &[
            ex(r#"ismv(split("1, 2, 3", ","))"#, r#""True""#),
            ex(r#"ismv("a")"#, r#""False""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Cell::Bool(args[0].members().len() > 1)
}
