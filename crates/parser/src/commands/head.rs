//! `head`: the first rows.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Head {
    /// `head 5` or `limit=5`; 10 where neither a count nor a condition is given.
    pub limit: Option<Spanned<u64>>,
    /// `head (expression)`: rows while it is true.
    pub condition: Option<Expr>,
    /// `keeplast=`: also the row that ended it.
    pub keeplast: Option<bool>,
    /// `null=`: whether a null condition goes on.
    pub null: Option<bool>,
}
