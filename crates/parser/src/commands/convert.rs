//! `convert`: conversion functions such as `ctime` over fields.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Convert {
    /// `timeformat=`.
    pub timeformat: Option<Spanned<String>>,
    /// The conversions in order.
    pub conversions: Vec<Conversion>,
}

/// `ctime(field) AS name`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conversion {
    /// The function in lower case.
    pub function: Spanned<String>,
    /// The field or pattern.
    pub field: Field,
    /// AS; may hold a wildcard.
    pub alias: Option<Field>,
}
