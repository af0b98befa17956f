//! `regex`: keeps rows by a regular expression.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Regex {
    /// `field=` or `field!=`; `_raw` where none is given.
    pub field: Option<Field>,
    /// `!=`: keep what does not match.
    pub negated: bool,
    /// The pattern, escapes of the quotes resolved.
    pub pattern: Spanned<String>,
}
