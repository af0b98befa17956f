//! `addtotals` and `addcoltotals`: sums of rows and of columns.

use crate::ast::*;
use crate::grammar::options::mixed;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Addtotals {
    /// `row=`: a total for each row; true where none is given. Not for `addcoltotals`.
    pub row: Option<bool>,
    /// `col=`: a row of column totals at the end; false where none is given.
    pub col: Option<bool>,
    /// `fieldname=`: the field of the row totals, `Total` where none is given.
    pub fieldname: Option<Field>,
    /// `labelfield=`: the field of the last row that gets the label.
    pub labelfield: Option<Field>,
    /// `label=`: `Total` where none is given.
    pub label: Option<Spanned<String>>,
    /// The fields, wildcards allowed; empty: all numeric ones.
    pub fields: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Addtotals> {
    let known: &'static [&'static str] = match name {
        "addtotals" => &["row", "col", "fieldname", "labelfield", "label"],
        _ => &["labelfield", "label"],
    };
    let (i, (options, fields)) = mixed(i, name, known, &[])?;
    let mut a =
        Addtotals { row: None, col: None, fieldname: None, labelfield: None, label: None, fields };
    for o in options {
        match o.name.node.as_str() {
            "row" => a.row = Some(o.as_bool()?),
            "col" => a.col = Some(o.as_bool()?),
            "fieldname" => a.fieldname = Some(o.value),
            "labelfield" => a.labelfield = Some(o.value),
            _ => a.label = Some(o.value),
        }
    }
    Ok((i, a))
}
