//! `sqrt`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "sqrt",
    aliases: &[],
    arity: (1, 1),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The square root.",
        syntax: "sqrt(<num>)",
        details: "Of a negative number it is nan.",
        source: pages::MATH,
        examples: &[ex("sqrt(9)", "3"), ex("sqrt(2)", "1.4142135623730951")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::sqrt)
}
