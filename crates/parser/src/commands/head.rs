//! `head`: the first rows.

use crate::grammar::args::count;
use crate::grammar::eval;
use crate::grammar::options::options;
use crate::input::{In, Res};
use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Head {
    /// `head 5` or `limit=5`; 10 where neither a count nor a condition is given.
    pub limit: Option<Spanned<u64>>,
    /// `head (expression)`: rows while it is true.
    pub condition: Option<Expr>,
    /// `keeplast=`: also the row that ended it.
    pub keeplast: Option<bool>,
    /// `null=`: whether a null condition goes on.
    pub null: Option<bool>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Head> {
    const KNOWN: &[&str] = &["limit", "keeplast", "null"];
    let mut head = Head { limit: None, condition: None, keeplast: None, null: None };
    let (mut i, mut given) = options(i, name, KNOWN)?;
    if let Ok((rest, n)) = count(i) {
        head.limit = Some(n);
        i = rest;
    }
    if i.ws().s.starts_with('(') {
        let (rest, condition) = eval::expr(i)?;
        head.condition = Some(condition);
        i = rest;
    }
    let (i, after) = options(i, name, KNOWN)?;
    given.extend(after);
    for o in &given {
        match o.name.node.as_str() {
            "limit" => head.limit = Some(o.as_count()?),
            "keeplast" => head.keeplast = Some(o.as_bool()?),
            _ => head.null = Some(o.as_bool()?),
        }
    }
    if given.is_empty() && head.limit.is_none() && head.condition.is_none() && !i.ws().is_empty() {
        return i.ws().cut("a condition in parentheses");
    }
    Ok((i, head))
}
