//! `avg`.

use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "avg",
    aliases: &[],
    arity: (1, ANY),
    category: "statistical",
    doc: FunctionDoc {
        summary: "The average of the numbers among the arguments and their members.",
        syntax: "avg(<values>)",
        details: "Values that are no number are left out.",
        source: pages::STATS,
        examples: &[ex("avg(1, 2, 6)", "3"), ex("avg(5, missing)", "5")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let (mut sum, mut count) = (0.0, 0u32);
    for n in args.iter().flat_map(Cell::member_cells).filter_map(|c| c.number_lenient()) {
        sum += n;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count)).into()
}
