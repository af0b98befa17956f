//! `table`: these fields in this order; wildcards allowed.

use crate::ast::*;
use crate::grammar::args::columns1;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// The names and patterns.
    pub fields: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Table> {
    let (i, fields) = columns1(i, &[])?;
    Ok((i, Table { fields }))
}
