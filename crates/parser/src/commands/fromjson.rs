//! `fromjson`: the keys of JSON objects as fields.

use crate::ast::*;
use crate::grammar::options::{missing, mixed, one_field};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fromjson {
    /// The field with the object.
    pub field: Field,
    /// `prefix=`.
    pub prefix: Option<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Fromjson> {
    let (i, (options, fields)) = mixed(i, name, &["prefix"], &[])?;
    if fields.is_empty() {
        return missing(i, "`fromjson` needs a field", "write `fromjson data prefix=data_`");
    }
    let field = one_field(name, fields)?;
    Ok((i, Fromjson { field, prefix: options.into_iter().next_back().map(|o| o.value) }))
}
