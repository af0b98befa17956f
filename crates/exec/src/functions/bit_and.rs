//! `bit_and`.

use super::bit_not::bits;
use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "bit_and",
    aliases: &[],
    arity: (2, ANY),
    category: "bitwise",
    doc: FunctionDoc {
        summary: "The bits that are set in all arguments.",
        syntax: "bit_and(<values>)",
        details: "Whole numbers from 0 to 2^53 - 1; anything else gives null.",
        source: pages::BITWISE,
        examples: &[ex("bit_and(5, 6)", "4"), ex("bit_and(5, -1)", "null")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let mut all = (0..args.len()).map(|i| bits(args, i));
    let first = all.next().flatten();
    all.fold(first, |a, b| {
        Some((a, b)).and_then(|(a, b)| {
            let (a, b) = (a?, b?);
            Some(a & b)
        })
    })
    .map(|n| n as f64)
    .into()
}
