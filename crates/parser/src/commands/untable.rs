//! `untable`: a row for each value of a table.

use crate::ast::*;
use crate::grammar::options::{missing, mixed};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Untable {
    /// The field that stays.
    pub x: Field,
    /// The field that gets the names of the other fields.
    pub name: Field,
    /// The field that gets their values.
    pub data: Field,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Untable> {
    let (i, (_, fields)) = mixed(i, name, &[], &[])?;
    let Ok([x, name, data]) = <[Field; 3]>::try_from(fields) else {
        return missing(
            i,
            "`untable` needs three field names",
            "write `untable _time series value`: what stays, and what names and values go into",
        );
    };
    Ok((i, Untable { x, name, data }))
}
