//! `nomv`: joins the values of a multivalue field with newlines.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Nomv {
    /// The field.
    pub field: Field,
}
