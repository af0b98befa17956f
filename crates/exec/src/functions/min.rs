//! `min`.

use super::max::pick;
use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use std::cmp::Ordering;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "min",
    aliases: &[],
    arity: (1, ANY),
    category: "statistical",
    doc: FunctionDoc {
        summary: "The smallest of the arguments and their members.",
        syntax: "min(<values>)",
        details: "Numbers are smaller than text, which compares by its bytes. Missing fields are left out.",
        source: pages::STATS,
        examples: &[ex(r#"min(1, 3, 6, 7, "foo", 450)"#, "1"), ex(r#"min("b", "a")"#, r#""a""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    pick(args, Ordering::Less)
}
