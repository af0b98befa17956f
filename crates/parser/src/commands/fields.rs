//! `fields`: keeps or removes fields; wildcards allowed.

use crate::ast::*;
use crate::grammar::args::columns1;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fields {
    /// `fields - a b` removes.
    pub remove: bool,
    /// The names and patterns.
    pub fields: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Fields> {
    let i = i.ws();
    let remove = i.s.starts_with('-');
    let i = if remove || i.s.starts_with('+') { i.skip(1) } else { i };
    let (i, fields) = columns1(i, &[])?;
    Ok((i, Fields { remove, fields }))
}
