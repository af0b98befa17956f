//! `dc`: how many distinct values.

use crate::aggregates::state::texts::Texts;
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};
use sepal_data::Value;

/// `dc(<value>) or distinct_count(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "dc",
    aliases: &["distinct_count"],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The number of distinct values",
        syntax: "dc(<value>) or distinct_count(<value>)",
        details: "Values are compared as text: 1 and 1.0 are two. Every member of a multivalue \
            counts; 0 without a value.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "dc(x)", input: r#"["a", "b", "a", null]"#, result: "2" },
            FunctionExample {
                expr: "distinct_count(x)",
                input: r#"["1", "1.0", ["1", "2"]]"#,
                result: "3",
            },
        ],
    },
    start: |_| Texts::start(|_, set| Value::from(set.len() as u64)),
};
