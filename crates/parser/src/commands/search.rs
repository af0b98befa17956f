//! `search`: keeps the events that match.

use crate::ast::*;
use crate::grammar::search::terms;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Search {
    /// The condition; `And([])` matches every event.
    pub expr: SearchExpr,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Search> {
    let (i, expr) = terms(i)?;
    Ok((i, Search { expr }))
}
