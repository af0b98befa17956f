//! `nomv`: joins the values of a multivalue field with newlines.

use crate::ast::*;
use crate::grammar::options::{missing, mixed, one_field};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Nomv {
    /// The field.
    pub field: Field,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Nomv> {
    let (i, (_, fields)) = mixed(i, name, &[], &[])?;
    if fields.is_empty() {
        return missing(i, "`nomv` needs a field", "write `nomv field`");
    }
    Ok((i, Nomv { field: one_field(name, fields)? }))
}
