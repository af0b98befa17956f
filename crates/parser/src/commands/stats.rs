//! `stats`: aggregates over groups. The shape is shared by `eventstats`, `streamstats`, `chart`, `tstats`.

use super::NamedOption;
use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// `name=value` options as typed (`allnum`, `delim`, `partitions`).
    pub options: Vec<NamedOption>,
    /// The aggregates in order.
    pub aggregates: Vec<Aggregate>,
    /// The BY fields in order.
    pub by: Vec<Field>,
    /// `dedup_splitvals=`, given after the BY list.
    pub dedup_splitvals: Option<Spanned<bool>>,
}

/// One aggregate such as `dc(user) AS users`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Aggregate {
    /// The function in lower case without its number: `perc95` is `perc`; `p95` is `p`.
    pub function: Spanned<String>,
    /// The percentile of `perc95(x)`, `exactperc95(x)`, `upperperc99.5(x)`.
    pub percentile: Option<String>,
    /// What it is taken of.
    pub argument: AggregateArgument,
    /// The name after AS, without quotes; may hold a wildcard.
    pub alias: Option<Field>,
    /// The default name of the output column: `count`, `sum(bytes)`, `count(eval(x="y"))`,
    /// exactly as typed, function name as typed too.
    pub text: String,
    /// The whole aggregate.
    pub span: Span,
}

/// The argument of an aggregate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregateArgument {
    /// `count` or `count()`.
    None,
    /// A field, maybe with wildcards. `sum` alone means `sum(*)`.
    Field(Field),
    /// `eval(expression)`.
    Eval(Expr),
}
