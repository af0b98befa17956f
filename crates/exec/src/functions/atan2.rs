//! `atan2`.

use super::shared::num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "atan2",
    aliases: &[],
    arity: (2, 2),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The angle, in radians, between the x axis and the point (X, Y).",
        syntax: "atan2(<Y>,<X>)",
        details: "",
        source: pages::TRIG,
        examples: &[ex("atan2(0, 1)", "0"), ex("round(atan2(0.50, 0.75), 2)", r#""0.59""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match (num(args, 0), num(args, 1)) {
        (Some(y), Some(x)) => y.atan2(x).into(),
        _ => Cell::Null,
    }
}
