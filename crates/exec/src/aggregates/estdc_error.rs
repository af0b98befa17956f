//! `estdc_error`: how far off `estdc` may be.

use crate::aggregates::state::sketch::Sketches;
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};
use sepal_data::Value;

/// `estdc_error(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "estdc_error",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The theoretical error of estdc, as a ratio",
        syntax: "estdc_error(<value>)",
        details: "0 below 1,000 distinct values, where estdc counts; from there on the standard \
            error of its estimate, 0.01625.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "estdc_error(x)", input: r#"["a", "b"]"#, result: "0" },
            FunctionExample { expr: "estdc_error(x)", input: "[]", result: "0" },
        ],
    },
    start: |_| Sketches::start(|s| Value::Num(s.error())),
};
