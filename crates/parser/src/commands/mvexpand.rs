//! `mvexpand`: a row for each value of a multivalue field.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mvexpand {
    /// The field.
    pub field: Field,
    /// `limit=`; 0 = all.
    pub limit: Option<Spanned<u64>>,
}
