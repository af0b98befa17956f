//! `bit_shift_left`.

use super::bit_not::{MASK, bits};
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "bit_shift_left",
    aliases: &[],
    arity: (2, 2),
    category: "bitwise",
    doc: FunctionDoc {
        summary: "The bits moved to the left.",
        syntax: "bit_shift_left(<value>,<shift_offset>)",
        details: "Whole numbers from 0 to 2^53 - 1; bits beyond 53 are lost; anything else gives null.",
        source: pages::BITWISE,
        examples: &[ex("bit_shift_left(4, 2)", "16"), ex("bit_shift_left(-1, 1)", "null")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let (Some(n), Some(by)) = (bits(args, 0), bits(args, 1)) else { return Cell::Null };
    let by = u32::try_from(by).unwrap_or(u32::MAX);
    Cell::Num((n.checked_shl(by).unwrap_or(0) & MASK) as f64)
}
