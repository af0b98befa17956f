//! `sigfig`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, magnitude, numeric};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "sigfig",
    aliases: &[],
    arity: (1, 1),
    category: "mathematical",
    doc: FunctionDoc {
        summary: "The number rounded to the significant figures of what it was computed from.",
        syntax: "sigfig(<num>)",
        details: "A product has as many as the operand with the fewest, a sum as many decimals as the operand with the fewest. Whole numbers are exact.",
        source: pages::MATH,
        examples: &[ex("sigfig(1.00*1111)", "1110"), ex("sigfig(123.0 + 4.567)", r#""127.6""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match numeric(&args[0]) {
        None => Cell::Null,
        Some((n, None)) => Cell::Num(n),
        Some((n, Some(p))) => {
            let cut = magnitude(n) - i32::from(p.figures) + 1;
            if cut > 0 && n.is_finite() {
                // zeros take the place of the digits before the point
                let unit = 10f64.powi(cut);
                return Cell::Num((n / unit).round() * unit);
            }
            Cell::Dec(n, p)
        }
    }
}
