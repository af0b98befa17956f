//! `asinh`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "asinh",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The inverse hyperbolic sine.",
        syntax: "asinh(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("asinh(0)", "0"), ex("round(asinh(1), 6)", r#""0.881374""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::asinh)
}
