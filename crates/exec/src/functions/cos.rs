//! `cos`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "cos",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The cosine of an angle in radians.",
        syntax: "cos(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("cos(0)", "1"), ex("round(cos(1), 6)", r#""0.540302""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::cos)
}
