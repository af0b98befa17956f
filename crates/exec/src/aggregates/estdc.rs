//! `estdc`: about how many distinct values.

use crate::aggregates::state::sketch::Sketches;
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};
use sepal_data::Value;

/// `estdc(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "estdc",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The estimated number of distinct values",
        syntax: "estdc(<value>)",
        details: "Values are compared as text: 1 and 1.0 are two. Below 1,000 distinct values the \
            number is the actual one, as the page says; from there on it is an estimate by a \
            HyperLogLog of 4 KiB a group, whose standard error is 1.6 percent. Splunk's estimate \
            is another one. Every member of a multivalue counts; 0 without a value.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "estdc(x)", input: r#"["a", "b", "a"]"#, result: "2" },
            FunctionExample { expr: "estdc(x)", input: r#"["1", ["1.0", "2"]]"#, result: "3" },
        ],
    },
    start: |_| Sketches::start(|s| Value::from(s.estimate())),
};
