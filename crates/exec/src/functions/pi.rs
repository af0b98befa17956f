//! `pi`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "pi",
    aliases: &[],
    arity: (0, 0),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The constant pi to 11 decimals, as Splunk gives it.",
        syntax: "pi()",
        details: "",
        source: pages::MATH,
        examples: &[ex("pi()", "3.14159265359"), ex("round(pi() * pow(2, 2), 3)", r#""12.566""#)],
    },
    imp: Imp::Pure(run),
};

fn run(_: &[Cell]) -> Cell {
    // the digits that the page promises, not the nearest double to pi
    #[allow(clippy::approx_constant)]
    Cell::Num(3.14159265359)
}
