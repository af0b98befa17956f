//! `mvcount`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvcount",
    aliases: &[],
    arity: (1, 1),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "How many values the field has.",
        syntax: "mvcount(<mv>)",
        details: "Null, not 0, where it has none.",
        source: pages::MV,
        examples: &[ex(r#"mvcount(split("a,b,c", ","))"#, "3"), ex("mvcount(missing)", "null")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match args[0].members().len() {
        0 => Cell::Null,
        n => Cell::Num(n as f64),
    }
}
