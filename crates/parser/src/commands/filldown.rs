//! `filldown`: the last value before where a field is null.

use crate::ast::*;
use crate::grammar::options::mixed;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Filldown {
    /// The fields, wildcards allowed; empty: all.
    pub fields: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Filldown> {
    let (i, (_, fields)) = mixed(i, name, &[], &[])?;
    Ok((i, Filldown { fields }))
}
