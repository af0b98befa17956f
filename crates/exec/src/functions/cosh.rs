//! `cosh`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "cosh",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The hyperbolic cosine.",
        syntax: "cosh(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("cosh(0)", "1"), ex("round(cosh(1), 6)", r#""1.543081""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::cosh)
}
