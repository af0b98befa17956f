//! `pow`.

use super::shared::num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "pow",
    aliases: &[],
    arity: (2, 2),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The number to the power of the exponent.",
        syntax: "pow(<num>,<exp>)",
        details: "",
        source: pages::MATH,
        examples: &[ex("pow(2, 10)", "1024"), ex("pow(4, 0.5)", "2")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match (num(args, 0), num(args, 1)) {
        (Some(n), Some(e)) => n.powf(e).into(),
        _ => Cell::Null,
    }
}
