//! `round`.

use super::shared::{ex, pages};
use super::shared::{int, num, round};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "round",
    aliases: &[],
    arity: (1, 2),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The number rounded to that many decimal places; to a whole number where none is given.",
        syntax: "round(<num>,<precision>)",
        details: "Halves go away from zero, by the digits that the number prints with. The decimals are kept: round(5, 2) is 5.00. A negative precision gives null.",
        source: pages::MATH,
        examples: &[ex("round(2.555, 2)", r#""2.56""#), ex("round(3.5)", "4")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let Some(n) = num(args, 0) else { return Cell::Null };
    if args.len() == 1 {
        return round(n, 0);
    }
    match int(args, 1) {
        Some(places @ 0..) => round(n, places.min(17) as u8),
        _ => Cell::Null,
    }
}
