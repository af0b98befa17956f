//! `isint`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, numeric};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "isint",
    aliases: &[],
    arity: (1, 1),
    category: "informational",
    doc: FunctionDoc {
        summary: "Whether the value is a whole number.",
        syntax: "isint(<value>)",
        details: "The value of a field is one if its text is; text in quotes is not.",
        source: pages::INFO,
        examples: &[ex("isint(5)", r#""True""#), ex("isint(5.5)", r#""False""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Cell::Bool(kind(&args[0]) == Some(true))
}

/// Whether a number is whole; none for what is no number.
pub(super) fn kind(c: &Cell) -> Option<bool> {
    c.number()?;
    let (n, p) = numeric(c)?;
    Some(n.fract() == 0.0 && p.is_none_or(|p| p.places == 0))
}
