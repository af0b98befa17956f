//! `var`.

use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "var",
    aliases: &[],
    arity: (1, ANY),
    category: "statistical",
    doc: FunctionDoc {
        summary: "The variance of a sample: the numbers among the arguments and their members.",
        syntax: "var(<values>)",
        details: "Values that are no number are left out; a single number gives 0.",
        source: pages::STATS,
        examples: &[ex("var(1, 3)", "2"), ex("var(5)", "0")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    variance(args).into()
}

/// Of a sample; 0 for a single number, none for no number.
pub(super) fn variance(args: &[Cell]) -> Option<f64> {
    let numbers: Vec<f64> =
        args.iter().flat_map(Cell::member_cells).filter_map(|c| c.number_lenient()).collect();
    let n = numbers.len() as f64;
    match numbers.len() {
        0 => None,
        1 => Some(0.0),
        _ => {
            let mean = numbers.iter().sum::<f64>() / n;
            Some(numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0))
        }
    }
}
