//! `fillnull`: a value where a field is null.

use crate::ast::*;
use crate::grammar::options::mixed;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fillnull {
    /// `value=`; `0` where none is given.
    pub value: Option<Spanned<String>>,
    /// The fields; empty: every field that some result has.
    pub fields: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Fillnull> {
    let (i, (options, fields)) = mixed(i, name, &["value"], &[])?;
    let value = options.into_iter().next_back().map(|o| o.value);
    Ok((i, Fillnull { value, fields }))
}
