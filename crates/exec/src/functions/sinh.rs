//! `sinh`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "sinh",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The hyperbolic sine.",
        syntax: "sinh(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("sinh(0)", "0"), ex("round(sinh(1), 6)", r#""1.175201""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::sinh)
}
