//! `fields`: keeps or removes fields; wildcards allowed.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fields {
    /// `fields - a b` removes.
    pub remove: bool,
    /// The names and patterns.
    pub fields: Vec<Field>,
}
