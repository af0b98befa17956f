//! `todouble`.

use super::shared::int;
use super::shared::{ex, pages};
use super::tonumber::convert;
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "todouble",
    aliases: &[],
    arity: (1, 2),
    category: "conversion",
    doc: FunctionDoc {
        summary: "The value as a number; a text is read first.",
        syntax: "todouble(<value>, <base>)",
        details: "What is no number gives null.",
        source: pages::CONVERSION,
        examples: &[ex(r#"todouble("16.00")"#, r#""16.00""#), ex(r#"todouble("number")"#, "null")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    base(args).map_or(Cell::Null, |b| convert(&args[0], b))
}

/// The base of the second argument; 10 without one.
pub(super) fn base(args: &[Cell]) -> Option<u32> {
    if args.len() == 1 {
        return Some(10);
    }
    let b = u32::try_from(int(args, 1)?).ok()?;
    (2..=36).contains(&b).then_some(b)
}
