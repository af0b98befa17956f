//! `mvexpand`: a row for each value of a multivalue field.

use crate::ast::*;
use crate::grammar::options::{missing, mixed, one_field};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mvexpand {
    /// The field.
    pub field: Field,
    /// `limit=`; 0 = all.
    pub limit: Option<Spanned<u64>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Mvexpand> {
    let (i, (options, fields)) = mixed(i, name, &["limit"], &[])?;
    if fields.is_empty() {
        return missing(i, "`mvexpand` needs a field", "write `mvexpand field`");
    }
    let field = one_field(name, fields)?;
    let limit = options.last().map(|o| o.as_count()).transpose()?;
    Ok((i, Mvexpand { field, limit }))
}
