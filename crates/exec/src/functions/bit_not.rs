//! `bit_not`.

use super::shared::num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "bit_not",
    aliases: &[],
    arity: (1, 2),
    category: "bitwise",
    doc: FunctionDoc {
        summary: "The bits that are not set, within a mask of 53 bits or the one given.",
        syntax: "bit_not(<value>,<bitmask>)",
        details: "Whole numbers from 0 to 2^53 - 1; anything else gives null.",
        source: pages::BITWISE,
        examples: &[ex("bit_not(5, 7)", "2"), ex("bit_not(0)", "9007199254740991")],
    },
    imp: Imp::Pure(run),
};

/// The bits that a double counts exactly.
pub(super) const MASK: u64 = (1 << 53) - 1;

fn run(args: &[Cell]) -> Cell {
    let mask = if args.len() == 1 { Some(MASK) } else { bits(args, 1) };
    match (bits(args, 0), mask) {
        (Some(n), Some(mask)) => Cell::Num((!n & mask) as f64),
        _ => Cell::Null,
    }
}

/// A whole number that fits.
pub(super) fn bits(args: &[Cell], i: usize) -> Option<u64> {
    let n = num(args, i)?;
    (n.fract() == 0.0 && (0.0..=MASK as f64).contains(&n)).then_some(n as u64)
}
