//! `median`: the middle number.

use crate::aggregates::state::numbers::{Numbers, Rank};
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `median(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "median",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The middle number",
        syntax: "median(<value>)",
        details: "Every member of a multivalue counts; text that is no number is ignored; null \
            without a number. Of an even count it is the higher of the two in the middle, \
            as the page says; exactperc50 lies between them.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample {
                expr: "median(x)",
                input: "[37, 58, 8, 34, 13, 74, 38]",
                result: "37",
            },
            FunctionExample { expr: "median(x)", input: "[1, 2, 3, 4]", result: "3" },
        ],
    },
    start: |_| Numbers::start(Rank::Middle),
};
