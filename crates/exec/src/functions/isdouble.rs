//! `isdouble`.

use super::isint::kind;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "isdouble",
    aliases: &[],
    arity: (1, 1),
    category: "informational",
    doc: FunctionDoc {
        summary: "Whether the value is a number with decimals.",
        syntax: "isdouble(<value>)",
        details: "",
        source: pages::INFO,
        examples: &[ex("isdouble(3.546)", r#""True""#), ex("isdouble(1000000)", r#""False""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Cell::Bool(kind(&args[0]) == Some(false))
}
