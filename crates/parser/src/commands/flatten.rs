//! `flatten`: the keys of an object as fields.

use crate::ast::*;
use crate::grammar::args::columns1;
use crate::grammar::options::one_field;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flatten {
    /// The field with the object.
    pub field: Field,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Flatten> {
    let (i, fields) = columns1(i, &[])?;
    Ok((i, Flatten { field: one_field(name, fields)? }))
}
