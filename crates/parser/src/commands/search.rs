//! `search`: keeps the events that match.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Search {
    /// The condition; `And([])` matches every event.
    pub expr: SearchExpr,
}
