//! `bit_shift_right`.

use super::bit_not::{MASK, bits};
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "bit_shift_right",
    aliases: &[],
    arity: (2, 2),
    category: "bitwise",
    doc: FunctionDoc {
        summary: "The bits moved to the right.",
        syntax: "bit_shift_right(<value>,<shift_offset>)",
        details: "Whole numbers from 0 to 2^53 - 1; bits beyond 53 are lost; anything else gives null.",
        source: pages::BITWISE,
        examples: &[ex("bit_shift_right(5, 1)", "2"), ex("bit_shift_right(-1, 1)", "null")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let (Some(n), Some(by)) = (bits(args, 0), bits(args, 1)) else { return Cell::Null };
    let by = u32::try_from(by).unwrap_or(u32::MAX);
    Cell::Num((n.checked_shr(by).unwrap_or(0) & MASK) as f64)
}
