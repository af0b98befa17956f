//! `where`: keeps the rows for which an eval expression is true.

use crate::ast::*;
use crate::grammar::eval;
use crate::grammar::options::missing;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Where {
    /// The condition.
    pub expr: Expr,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Where> {
    if i.ws().is_empty() {
        return missing(i, "`where` needs a condition", "write `where count > 5`");
    }
    let (i, expr) = eval::expr(i)?;
    Ok((i, Where { expr }))
}
