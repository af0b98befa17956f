//! `delta`: the difference to an earlier row.

use crate::ast::*;
use crate::grammar::args::alias;
use crate::grammar::options::{missing, mixed, one_field, options};
use crate::input::{In, Res};
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Delta {
    /// The field.
    pub field: Field,
    /// AS; `delta(field)` where none is given.
    pub alias: Option<Field>,
    /// `p=`: how many rows back; 1 where none is given.
    pub p: Option<Spanned<u64>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Delta> {
    let (i, (mut given, fields)) = mixed(i, name, &["p"], &["as"])?;
    if fields.is_empty() {
        return missing(i, "`delta` needs a field", "write `delta bytes AS change`");
    }
    let field = one_field(name, fields)?;
    let (i, alias) = opt(alias).parse(i)?;
    let (i, after) = options(i, name, &["p"])?;
    given.extend(after);
    let p = match given.last() {
        Some(o) => match o.as_count()? {
            p if p.node == 0 => return Err(o.wrong("a whole number from 1")),
            p => Some(p),
        },
        None => None,
    };
    Ok((i, Delta { field, alias, p }))
}
