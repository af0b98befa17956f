//! `values`: the distinct values.

use crate::aggregates::state::texts::{Texts, text};
use crate::aggregates::{AggregateSpec, Argument, MULTIVALUE_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};
use sepal_data::Value;

/// `values(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "values",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The distinct values, sorted as text",
        syntax: "values(<value>)",
        details: "Values are text and sorted by their bytes (10, 100, 70, 9; upper case first). \
            No limit, as in Splunk. Every member of a multivalue counts; null without a \
            value.",
        source: MULTIVALUE_PAGE,
        examples: &[
            FunctionExample {
                expr: "values(x)",
                input: r#"["70", "9", "100", "10", "9"]"#,
                result: r#"["10", "100", "70", "9"]"#,
            },
            FunctionExample {
                expr: "values(x)",
                input: r#"["b", ["a", "B"]]"#,
                result: r#"["B", "a", "b"]"#,
            },
        ],
    },
    start: |_| {
        Texts::start(|texts, set| {
            let mut members: Vec<&str> = set.iter().map(|id| text(texts, *id)).collect();
            members.sort_unstable();
            Value::from_members(members.into_iter().map(Value::from))
        })
    },
};
