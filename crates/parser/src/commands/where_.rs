//! `where`: keeps the rows for which an eval expression is true.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Where {
    /// The condition.
    pub expr: Expr,
}
