//! `selfjoin`: rows joined with other rows of the same result.

use crate::ast::*;
use crate::grammar::options::{missing, mixed};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Selfjoin {
    /// `overwrite=`: whether the other row's values replace those that are there.
    pub overwrite: bool,
    /// `max=`: the most other rows that a row is joined with; 0 for all.
    pub max: u64,
    /// `keepsingle=`: whether rows without another one stay.
    pub keepsingle: bool,
    /// The fields that must be the same.
    pub fields: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Selfjoin> {
    let (i, (options, fields)) = mixed(i, name, &["overwrite", "max", "keepsingle"], &[])?;
    if fields.is_empty() {
        return missing(i, "`selfjoin` needs a field", "write `selfjoin user`");
    }
    let mut s = Selfjoin { overwrite: true, max: 1, keepsingle: false, fields };
    for o in options {
        match o.name.node.as_str() {
            "overwrite" => s.overwrite = o.as_bool()?,
            "max" => s.max = o.as_count()?.node,
            _ => s.keepsingle = o.as_bool()?,
        }
    }
    Ok((i, s))
}
