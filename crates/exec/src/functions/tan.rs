//! `tan`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "tan",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The tangent of an angle in radians.",
        syntax: "tan(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("tan(0)", "0"), ex("round(tan(1), 6)", r#""1.557408""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::tan)
}
