//! `xyseries`: a table with a column for each value of a field.

use crate::ast::*;
use crate::grammar::options::{missing, mixed};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Xyseries {
    /// `grouped=`: whether rows of one x stand together already.
    pub grouped: Option<bool>,
    /// `sep=`: between the data field and the name, where there are several data fields.
    pub sep: Option<Spanned<String>>,
    /// `format=`: the column's name with `$AGG$` and `$VAL$`; goes before `sep=`.
    pub format: Option<Spanned<String>>,
    /// The field that names the rows.
    pub x: Field,
    /// The field whose values name the columns.
    pub name: Field,
    /// The fields that hold the data; at least one.
    pub data: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Xyseries> {
    let (i, (options, fields)) = mixed(i, name, &["grouped", "sep", "format"], &[])?;
    let mut fields = fields.into_iter();
    let (Some(x), Some(name)) = (fields.next(), fields.next()) else {
        return needs(i);
    };
    let data: Vec<Field> = fields.collect();
    if data.is_empty() {
        return needs(i);
    }
    let mut s = Xyseries { grouped: None, sep: None, format: None, x, name, data };
    for o in options {
        match o.name.node.as_str() {
            "grouped" => s.grouped = Some(o.as_bool()?),
            "sep" => s.sep = Some(o.value),
            _ => s.format = Some(o.value),
        }
    }
    Ok((i, s))
}

fn needs(i: In<'_>) -> Res<'_, Xyseries> {
    missing(
        i,
        "`xyseries` needs three field names",
        "write `xyseries _time host count`: the rows' field, the columns' field, the data",
    )
}
