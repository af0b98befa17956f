//! `append`: the rows of a subsearch after the others.

use super::NamedOption;
use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Append {
    /// `extendtimerange=`, `maxtime=`, `maxout=`, `timeout=` as typed.
    pub options: Vec<NamedOption>,
    /// The subsearch.
    pub search: Pipeline,
}
