//! `sort`: orders rows.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sort {
    /// How many rows are kept: `sort 20 ...` or `limit=20`; 10,000 where none is given, 0 = all.
    pub limit: Option<Spanned<u64>>,
    /// The keys in order.
    pub keys: Vec<SortKey>,
    /// `desc` or `d` at the end: reverses every key.
    pub descending: bool,
}

/// One sort key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SortKey {
    /// The field.
    pub field: Field,
    /// `-field`.
    pub descending: bool,
    /// `auto(f)`, `str(f)`, `ip(f)`, `num(f)`.
    pub cast: SortCast,
}

/// How the values of a sort key are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SortCast {
    /// Numbers by size, IP addresses by number, else text; decided pair by pair.
    #[default]
    Auto,
    /// As text.
    Str,
    /// As IP addresses.
    Ip,
    /// As numbers.
    Num,
}
