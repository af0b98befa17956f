//! `mvcombine`: one row for rows that differ in one field only.

use crate::ast::*;
use crate::grammar::options::{missing, mixed, one_field};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mvcombine {
    /// `delim=`: what joins the values where they are shown as one text.
    pub delim: Option<Spanned<String>>,
    /// The field.
    pub field: Field,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Mvcombine> {
    let (i, (options, fields)) = mixed(i, name, &["delim"], &[])?;
    if fields.is_empty() {
        return missing(i, "`mvcombine` needs a field", "write `mvcombine host`");
    }
    let field = one_field(name, fields)?;
    let delim = options.into_iter().next_back().map(|o| o.value);
    Ok((i, Mvcombine { delim, field }))
}
