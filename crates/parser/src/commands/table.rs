//! `table`: these fields in this order; wildcards allowed.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// The names and patterns.
    pub fields: Vec<Field>,
}
