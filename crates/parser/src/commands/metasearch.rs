//! `metasearch`: where events come from.

use crate::ast::*;
use crate::grammar::search::terms;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metasearch {
    /// The condition; `And([])` matches every event.
    pub expr: SearchExpr,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Metasearch> {
    let (i, expr) = terms(i)?;
    Ok((i, Metasearch { expr }))
}
