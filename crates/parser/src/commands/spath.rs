//! `spath`: fields from JSON or XML text.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spath {
    /// `input=`; `_raw` where none is given.
    pub input: Option<Field>,
    /// `output=`; the path where none is given.
    pub output: Option<Field>,
    /// `path=` or the bare argument; without one every field is extracted.
    pub path: Option<Spanned<String>>,
}
