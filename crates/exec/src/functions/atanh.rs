//! `atanh`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "atanh",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The inverse hyperbolic tangent.",
        syntax: "atanh(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("atanh(0)", "0"), ex("atanh(1)", r#""inf""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::atanh)
}
