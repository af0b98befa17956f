//! `accum`: a running total.

use crate::ast::*;
use crate::grammar::args::alias;
use crate::grammar::options::{missing, mixed, one_field};
use crate::input::{In, Res};
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Accum {
    /// The field.
    pub field: Field,
    /// AS; the field itself where none is given.
    pub alias: Option<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Accum> {
    let (i, (_, fields)) = mixed(i, name, &[], &["as"])?;
    if fields.is_empty() {
        return missing(i, "`accum` needs a field", "write `accum bytes AS total`");
    }
    let field = one_field(name, fields)?;
    let (i, alias) = opt(alias).parse(i)?;
    Ok((i, Accum { field, alias }))
}
