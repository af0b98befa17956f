//! `xmlkv`: fields from XML elements.

use crate::ast::*;
use crate::grammar::options::{mixed, one_field};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Xmlkv {
    /// The field; `_raw` where none is given.
    pub field: Option<Field>,
    /// `maxinputs=`.
    pub maxinputs: Option<Spanned<u64>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Xmlkv> {
    let (i, (options, fields)) = mixed(i, name, &["maxinputs"], &[])?;
    let field = if fields.is_empty() { None } else { Some(one_field(name, fields)?) };
    let maxinputs = options.last().map(|o| o.as_count()).transpose()?;
    Ok((i, Xmlkv { field, maxinputs }))
}
