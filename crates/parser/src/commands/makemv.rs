//! `makemv`: splits a field into a multivalue.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Makemv {
    /// The field.
    pub field: Field,
    /// `delim=`; a space where neither is given.
    pub delim: Option<Spanned<String>>,
    /// `tokenizer=`: a regular expression with one group.
    pub tokenizer: Option<Spanned<String>>,
    /// `allowempty=`.
    pub allowempty: Option<bool>,
    /// `setsv=`.
    pub setsv: Option<bool>,
}
