//! `makecontinuous`: adds the rows that are missing between the bins of a field.

use super::NamedOption;
use crate::ast::*;
use crate::grammar::options::{mixed, one_field};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Makecontinuous {
    /// `span=`, `bins=`, `minspan=`, `start=`, `end=`, `aligntime=` as typed.
    pub options: Vec<NamedOption>,
    /// The field; `_time` where none is given.
    pub field: Option<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Makecontinuous> {
    const KNOWN: &[&str] = &["bins", "minspan", "span", "start", "end", "aligntime"];
    let (i, (options, fields)) = mixed(i, name, KNOWN, &[])?;
    let field = match fields.is_empty() {
        true => None,
        false => Some(one_field(name, fields)?),
    };
    Ok((i, Makecontinuous { options, field }))
}
