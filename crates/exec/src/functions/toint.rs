//! `toint`.

use super::shared::{ex, pages};
use super::todouble::base;
use super::tonumber::convert;
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "toint",
    aliases: &[],
    arity: (1, 2),
    category: "conversion",
    doc: FunctionDoc {
        summary: "The number rounded down to a whole number; a text is read first.",
        syntax: "toint(<value>, <base>)",
        details: "What is no number gives null.",
        source: pages::CONVERSION,
        examples: &[ex("toint(3.14)", "3"), ex(r#"toint("24")"#, "24")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    base(args).and_then(|b| convert(&args[0], b).number()).map(f64::floor).into()
}
