//! `atan`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "atan",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The angle, in radians, whose tangent is the number.",
        syntax: "atan(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("atan(0)", "0"), ex("round(atan(1), 6)", r#""0.785398""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::atan)
}
