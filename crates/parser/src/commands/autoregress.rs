//! `autoregress`: the values of earlier rows.

use crate::ast::*;
use crate::grammar::args::alias;
use crate::grammar::options::{missing, mixed, one_field, options};
use crate::input::{In, Res};
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

/// The most earlier rows that are copied at once: each makes a field.
const MAX_RANGE: u64 = 10_000;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Autoregress {
    /// The field.
    pub field: Field,
    /// AS; not with a range.
    pub alias: Option<Field>,
    /// `p=2` or `p=2-4`: how many rows back, from and to; 1 where none is given.
    pub p: (u64, u64),
    /// Whether `p` was given as a range.
    pub range: bool,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Autoregress> {
    let (i, (mut given, fields)) = mixed(i, name, &["p"], &["as"])?;
    if fields.is_empty() {
        return missing(i, "`autoregress` needs a field", "write `autoregress bytes p=1-3`");
    }
    let field = one_field(name, fields)?;
    let (i, alias) = opt(alias).parse(i)?;
    let (i, after) = options(i, name, &["p"])?;
    given.extend(after);
    let (mut p, mut range) = ((1, 1), false);
    if let Some(o) = given.last() {
        let text = o.value.node.as_str();
        range = text.contains('-');
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        p = match (from.parse::<u64>(), to.parse::<u64>()) {
            (Ok(from), Ok(to)) if 0 < from && from <= to && to - from < MAX_RANGE => (from, to),
            _ => return Err(o.wrong("a whole number from 1, or a range such as 1-3")),
        };
        if range && let Some(alias) = &alias {
            return crate::input::stop(
                crate::Diagnostic::error(
                    "SPL2201",
                    alias.span,
                    "a range of rows takes no new name",
                )
                .label("the fields are named after the old one")
                .help(format!("they will be {0}_p{1} to {0}_p{2}", field.node, p.0, p.1)),
            );
        }
    }
    Ok((i, Autoregress { field, alias, p, range }))
}
