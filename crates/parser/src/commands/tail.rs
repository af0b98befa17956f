//! `tail`: the last rows, last one first.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tail {
    /// How many; 10 where none is given.
    pub limit: Option<Spanned<u64>>,
}
