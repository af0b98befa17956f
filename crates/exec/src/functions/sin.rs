//! `sin`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "sin",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The sine of an angle in radians.",
        syntax: "sin(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("sin(0)", "0"), ex("round(sin(1), 6)", r#""0.841471""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::sin)
}
