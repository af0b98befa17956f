//! `tanh`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "tanh",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The hyperbolic tangent.",
        syntax: "tanh(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("tanh(0)", "0"), ex("round(tanh(1), 6)", r#""0.761594""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::tanh)
}
