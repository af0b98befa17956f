//! `sumsq`: the sum of the squares.

use crate::aggregates::state::moments::{Moment, Moments};
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `sumsq(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "sumsq",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The sum of the squares of the numbers",
        syntax: "sumsq(<value>)",
        details: "Every member of a multivalue counts; text that is no number is ignored; null \
            without a number. The sum is exact before it is rounded once.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "sumsq(x)", input: "[1, 2, 3]", result: "14" },
            FunctionExample { expr: "sumsq(x)", input: r#"[0.5, "x", [2, 2]]"#, result: "8.25" },
        ],
    },
    start: |_| Moments::start(Moment::sum_of_squares),
};
