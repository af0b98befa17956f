//! `fieldsummary`: statistics of each field.

use crate::ast::*;
use crate::grammar::options::mixed;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fieldsummary {
    /// `maxvals=`: how many distinct values are listed; 100 where none is given, 0 = all.
    pub maxvals: Option<Spanned<u64>>,
    /// The fields; all where none is named.
    pub fields: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Fieldsummary> {
    let (i, (options, fields)) = mixed(i, name, &["maxvals"], &[])?;
    let maxvals = options.last().map(|o| o.as_count()).transpose()?;
    Ok((i, Fieldsummary { maxvals, fields }))
}
