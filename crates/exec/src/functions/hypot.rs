//! `hypot`.

use super::shared::num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "hypot",
    aliases: &[],
    arity: (2, 2),
    category: "trigonometric",
    doc: FunctionDoc {
        summary: "The length of the hypotenuse of a right-angled triangle with sides X and Y.",
        syntax: "hypot(<X>,<Y>)",
        details: "",
        source: pages::TRIG,
        examples: &[ex("hypot(3, 4)", "5"), ex("hypot(0, 2)", "2")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match (num(args, 0), num(args, 1)) {
        (Some(x), Some(y)) => x.hypot(y).into(),
        _ => Cell::Null,
    }
}
