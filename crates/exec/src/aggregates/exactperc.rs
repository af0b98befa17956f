//! `exactperc`: an exact percentile.

use crate::aggregates::state::numbers::{Numbers, Rank};
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `exactperc<percentile>(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "exactperc",
    aliases: &[],
    argument: Argument::Required,
    percentile: true,
    doc: FunctionDoc {
        summary: "The exact percentile of the numbers, interpolated",
        syntax: "exactperc<percentile>(<value>)",
        details: "The percentile is a number from 0 to 100, also with a fraction: perc99.95(x). \
            Where it falls between two numbers the result lies between them, as in the \
            page's examples (the page's text speaks of nearest rank). Every member of a \
            multivalue counts; text that is no number is ignored; null without a number. \
            The same as perc here, which is exact too.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "exactperc50(x)", input: "[4, 1, 3, 2]", result: "2.5" },
            FunctionExample { expr: "exactperc99(x)", input: "[7]", result: "7" },
        ],
    },
    start: |p| Numbers::start(Rank::Percentile(p.unwrap_or(50.0))),
};
