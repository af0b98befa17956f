//! `transpose`: rows as columns.

use crate::ast::*;
use crate::grammar::args::count;
use crate::grammar::options::options;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transpose {
    /// How many rows; 5 where none is given, 0 = all.
    pub rows: Option<Spanned<u64>>,
    /// `column_name=`: the field that gets the old names, `column` where none is given.
    pub column_name: Option<Field>,
    /// `header_field=`: the field whose values name the new columns.
    pub header_field: Option<Field>,
    /// `include_empty=`: whether fields without values are kept.
    pub include_empty: Option<bool>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Transpose> {
    const KNOWN: &[&str] = &["column_name", "header_field", "include_empty", "int"];
    let mut t =
        Transpose { rows: None, column_name: None, header_field: None, include_empty: None };
    let (mut i, mut given) = options(i, name, KNOWN)?;
    if let Ok((rest, n)) = count(i) {
        t.rows = Some(n);
        i = rest;
    }
    let (i, after) = options(i, name, KNOWN)?;
    given.extend(after);
    for o in given {
        match o.name.node.as_str() {
            "column_name" => t.column_name = Some(o.value),
            "header_field" => t.header_field = Some(o.value),
            "int" => t.rows = Some(o.as_count()?),
            _ => t.include_empty = Some(o.as_bool()?),
        }
    }
    Ok((i, t))
}
