//! `max`.

use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use std::cmp::Ordering;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "max",
    aliases: &[],
    arity: (1, ANY),
    category: "statistical",
    doc: FunctionDoc {
        summary: "The largest of the arguments and their members.",
        syntax: "max(<values>)",
        details: "Text is greater than numbers and compares by its bytes. Missing fields are left out.",
        source: pages::STATS,
        examples: &[ex(r#"max(1, 3, 6, 7, "foo", 450)"#, r#""foo""#), ex("max(1, 3, 6)", "6")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    pick(args, Ordering::Greater)
}

/// The first value that stands on that side of all others.
pub(super) fn pick(args: &[Cell], side: Ordering) -> Cell {
    let mut best: Option<Cell> = None;
    for c in args.iter().flat_map(Cell::member_cells) {
        if best.as_ref().is_none_or(|b| order(&c, b) == side) {
            best = Some(c);
        }
    }
    best.unwrap_or(Cell::Null)
}

/// Numbers, then text.
fn order(a: &Cell, b: &Cell) -> Ordering {
    match (a.number_lenient(), b.number_lenient()) {
        (Some(x), Some(y)) => x.total_cmp(&y),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.text().cmp(&b.text()),
    }
}
