//! `abs`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, numeric};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "abs",
    aliases: &[],
    arity: (1, 1),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The absolute value.",
        syntax: "abs(<num>)",
        details: "The precision of a number with decimals stays.",
        source: pages::MATH,
        examples: &[ex("abs(-3.50)", r#""3.50""#), ex("abs(-7)", "7")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match numeric(&args[0]) {
        Some((n, Some(p))) => Cell::Dec(n.abs(), p),
        Some((n, None)) => Cell::Num(n.abs()),
        None => Cell::Null,
    }
}
