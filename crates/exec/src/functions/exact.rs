//! `exact`.

use super::shared::of_num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "exact",
    aliases: &[],
    arity: (1, 1),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The number at full precision: not rounded to the precision of what it was computed from.",
        syntax: "exact(<expression>)",
        details: "Splunk rounds results to the precision of the least precise number with decimals; exact() around an operand or around the whole turns that off.",
        source: pages::MATH,
        examples: &[ex("exact(8.250 * 0.2)", "1.65"), ex("8.250 * exact(0.2)", r#""1.650""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    of_num(args, |n| n)
}
