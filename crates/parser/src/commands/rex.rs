//! `rex`: fields from named groups, or sed-style replacement.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rex {
    /// `field=`; `_raw` where none is given.
    pub field: Option<Field>,
    /// The pattern, or the sed expression in `mode=sed`.
    pub pattern: Spanned<String>,
    /// `mode=sed`.
    pub sed: bool,
    /// `max_match=`; 1 where none is given, 0 = all.
    pub max_match: Option<Spanned<u64>>,
    /// `offset_field=`.
    pub offset_field: Option<Field>,
}
