//! `ceiling`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "ceiling",
    aliases: &["ceil"],
    arity: (1, 1),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The number rounded up to a whole number.",
        syntax: "ceiling(<num>)",
        details: "",
        source: pages::MATH,
        examples: &[ex("ceil(1.9)", "2"), ex("ceiling(-1.9)", "-1")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, f64::ceil)
}
