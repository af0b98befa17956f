//! `exp`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "exp",
    aliases: &[],
    arity: (1, 1),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "e to the power of the number.",
        syntax: "exp(<num>)",
        details: "",
        source: pages::MATH,
        examples: &[ex("exp(0)", "1"), ex("round(exp(3), 4)", r#""20.0855""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::exp)
}
