//! `log`.

use super::shared::num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "log",
    aliases: &[],
    arity: (1, 2),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The logarithm, to base 10 where no base is given.",
        syntax: "log(<num>,<base>)",
        details: "Of zero it is -inf, of a negative number nan.",
        source: pages::MATH,
        examples: &[ex("log(1000)", "3"), ex("log(8, 2)", "3")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let Some(n) = num(args, 0) else { return Cell::Null };
    if args.len() == 1 {
        return n.log10().into();
    }
    let Some(base) = num(args, 1) else { return Cell::Null };
    // exact where the common bases have exact functions
    if base == 2.0 {
        n.log2().into()
    } else if base == 10.0 {
        n.log10().into()
    } else {
        n.log(base).into()
    }
}
