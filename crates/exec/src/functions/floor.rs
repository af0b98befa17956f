//! `floor`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "floor",
    aliases: &[],
    arity: (1, 1),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The number rounded down to a whole number.",
        syntax: "floor(<num>)",
        details: "",
        source: pages::MATH,
        examples: &[ex("floor(1.9)", "1"), ex("floor(-1.1)", "-2")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::floor)
}
