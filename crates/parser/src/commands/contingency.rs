//! `contingency` (also `counttable`, `ctable`): how often the values of two fields meet.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::options::{missing, mixed};
use crate::input::{In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contingency {
    /// The field of the rows.
    pub rows: Field,
    /// The field of the columns.
    pub columns: Field,
    /// `maxrows=`
    pub maxrows: Option<Spanned<u64>>,
    /// `maxcols=`
    pub maxcols: Option<Spanned<u64>>,
    /// `minrowcover=`: a share from 0 to 1.
    pub minrowcover: Option<f64>,
    /// `mincolcover=`: a share from 0 to 1.
    pub mincolcover: Option<f64>,
    /// `usetotal=`
    pub usetotal: Option<bool>,
    /// `totalstr=`
    pub totalstr: Option<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Contingency> {
    const KNOWN: &[&str] =
        &["maxrows", "maxcols", "minrowcover", "mincolcover", "usetotal", "totalstr"];
    let (i, (options, fields)) = mixed(i, name, KNOWN, &[])?;
    let mut fields = fields.into_iter();
    let (Some(rows), Some(columns)) = (fields.next(), fields.next()) else {
        let help = format!("write `{name} host status`: the rows' field, the columns' field");
        return missing(i, &format!("`{name}` needs two fields"), &help);
    };
    if let Some(more) = fields.next() {
        let d = Diagnostic::error("SPL2467", more.span, format!("`{name}` takes two fields"));
        return stop(d.label("one too many"));
    }
    let mut c = Contingency {
        rows,
        columns,
        maxrows: None,
        maxcols: None,
        minrowcover: None,
        mincolcover: None,
        usetotal: None,
        totalstr: None,
    };
    for o in options {
        match o.name.node.as_str() {
            "maxrows" => c.maxrows = Some(o.as_count()?),
            "maxcols" => c.maxcols = Some(o.as_count()?),
            "minrowcover" => c.minrowcover = Some(o.as_number_in(0.0, 1.0)?),
            "mincolcover" => c.mincolcover = Some(o.as_number_in(0.0, 1.0)?),
            "usetotal" => c.usetotal = Some(o.as_bool()?),
            _ => c.totalstr = Some(o.value),
        }
    }
    Ok((i, c))
}
