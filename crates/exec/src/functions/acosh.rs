//! `acosh`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "acosh",
    aliases: &[],
    arity: (1, 1),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The inverse hyperbolic cosine.",
        syntax: "acosh(<num>)",
        details: "What is no number gives null.",
        source: pages::TRIG,
        examples: &[ex("acosh(1)", "0"), ex("acosh(0)", r#""nan""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::acosh)
}
