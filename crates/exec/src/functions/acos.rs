//! `acos`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "acos",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The angle, in radians, whose cosine is the number.",
        syntax: "acos(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("acos(1)", "0"), ex("acos(2)", r#""nan""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::acos)
}
