//! `bin` (also `bucket`, `discretize`): rounds values down to the start of their bin.

use super::NamedOption;
use crate::ast::*;
use crate::grammar::args::alias;
use crate::grammar::options::{missing, mixed, one_field};
use crate::input::{In, Res};
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// `span=`, `minspan=`, `bins=`, `start=`, `end=`, `aligntime=` as typed.
    pub options: Vec<NamedOption>,
    /// The field.
    pub field: Field,
    /// AS.
    pub alias: Option<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Bin> {
    const KNOWN: &[&str] = &["bins", "minspan", "span", "start", "end", "aligntime"];
    let (i, (mut options, fields)) = mixed(i, name, KNOWN, &["as"])?;
    if fields.is_empty() {
        return missing(i, "`bin` needs a field", "write `bin span=1h _time`");
    }
    let field = one_field(name, fields)?;
    let (i, alias) = opt(alias).parse(i)?;
    let (i, after) = crate::grammar::options::options(i, name, KNOWN)?;
    options.extend(after);
    Ok((i, Bin { options, field, alias }))
}
