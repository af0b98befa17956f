//! `ln`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "ln",
    aliases: &[],
    arity: (1, 1),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The natural logarithm.",
        syntax: "ln(<num>)",
        details: "Of zero it is -inf, of a negative number nan.",
        source: pages::MATH,
        examples: &[ex("ln(1)", "0"), ex("ln(exp(2))", "2")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::ln)
}
