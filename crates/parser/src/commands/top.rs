//! `top` and `rare`: the most and least common values.

use super::NamedOption;
use crate::ast::*;
use crate::grammar::args::{columns1, count};
use crate::grammar::options::{missing, mixed, options};
use crate::input::{In, Res};
use crate::lex::words::keyword;
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Top {
    /// `top 5 f` or `limit=5`; 10 where none is given, 0 = all.
    pub limit: Option<Spanned<u64>>,
    /// `countfield=`, `percentfield=`, `showcount=`, `showperc=`, `useother=`, `otherstr=` as typed.
    pub options: Vec<NamedOption>,
    /// The fields.
    pub fields: Vec<Field>,
    /// The BY fields.
    pub by: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Top> {
    const KNOWN: &[&str] =
        &["limit", "countfield", "percentfield", "showcount", "showperc", "useother", "otherstr"];
    let (i, mut given) = options(i, name, KNOWN)?;
    let (i, mut limit) = opt(count).parse(i)?;
    let (i, (more, fields)) = mixed(i, name, KNOWN, &["by"])?;
    given.extend(more);
    if fields.is_empty() {
        return missing(i, &format!("`{name}` needs a field"), &format!("write `{name} user`"));
    }
    let (i, by) = match keyword("by", "BY")(i) {
        Ok((i, _)) => columns1(i, &[])?,
        Err(_) => (i, Vec::new()),
    };
    let (i, more) = options(i, name, KNOWN)?;
    given.extend(more);
    let mut kept = Vec::new();
    for o in given {
        match o.name.node.as_str() {
            "limit" => limit = Some(o.as_count()?),
            "showcount" | "showperc" | "useother" => {
                o.as_bool()?;
                kept.push(o);
            }
            _ => kept.push(o),
        }
    }
    Ok((i, Top { limit, options: kept, fields, by }))
}
