//! `fillnull`: a value where a field is null.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fillnull {
    /// `value=`; `0` where none is given.
    pub value: Option<Spanned<String>>,
    /// The fields; empty: every field that some result has.
    pub fields: Vec<Field>,
}
