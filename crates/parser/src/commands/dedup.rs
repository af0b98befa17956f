//! `dedup`: the first row of each combination of values.

use super::sort::SortKey;
use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dedup {
    /// `dedup 2 host`: how many are kept of each; 1 where none is given.
    pub limit: Option<Spanned<u64>>,
    /// The fields.
    pub fields: Vec<Field>,
    /// `keepevents=`: keep the rows but empty the fields.
    pub keepevents: Option<bool>,
    /// `keepempty=`: keep rows where a field is null.
    pub keepempty: Option<bool>,
    /// `consecutive=`: only neighbours.
    pub consecutive: Option<bool>,
    /// `sortby` keys.
    pub sortby: Vec<SortKey>,
}
