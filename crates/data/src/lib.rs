//! Data of Sepal: the JSON scanner, the raw prefilter, wildcards and field sets.

pub mod fieldset;
pub mod json;
pub mod prefilter;
pub mod wildcard;
