//! `stdev`.

use super::shared::{ex, pages};
use super::var::variance;
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "stdev",
    aliases: &[],
    arity: (1, ANY),
    category: "statistical",
    doc: FunctionDoc {
        summary: "The standard deviation of a sample: the numbers among the arguments and their members.",
        syntax: "stdev(<values>)",
        details: "Values that are no number are left out; a single number gives 0.",
        source: pages::STATS,
        examples: &[
            ex("round(stdev(2, 4, 4, 4, 5, 5, 7, 9), 4)", r#""2.1381""#),
            ex("stdev(5)", "0"),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    variance(args).map(f64::sqrt).into()
}
