//! `top` and `rare`: the most and least common values.

use super::NamedOption;
use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Top {
    /// `top 5 f` or `limit=5`; 10 where none is given, 0 = all.
    pub limit: Option<Spanned<u64>>,
    /// `countfield=`, `percentfield=`, `showcount=`, `showperc=`, `useother=`, `otherstr=` as typed.
    pub options: Vec<NamedOption>,
    /// The fields.
    pub fields: Vec<Field>,
    /// The BY fields.
    pub by: Vec<Field>,
}
