//! `gauge`: one value and the ranges that a gauge shows it in.

use crate::ast::*;
use crate::grammar::options::{missing, mixed};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gauge {
    /// The value: a number or a field.
    pub value: Field,
    /// The ends of the ranges: numbers or fields.
    pub ranges: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Gauge> {
    let (i, (_, fields)) = mixed(i, name, &[], &[])?;
    let mut fields = fields.into_iter();
    let Some(value) = fields.next() else {
        return missing(i, "`gauge` needs a value", "write `gauge count 0 50 100`");
    };
    Ok((i, Gauge { value, ranges: fields.collect() }))
}
