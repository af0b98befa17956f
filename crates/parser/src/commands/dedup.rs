//! `dedup`: the first row of each combination of values.

use super::sort;
use super::sort::SortKey;
use crate::ast::*;
use crate::grammar::args::count;
use crate::grammar::options::{missing, mixed, options};
use crate::input::{In, Res};
use crate::lex::words::keyword;
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dedup {
    /// `dedup 2 host`: how many are kept of each; 1 where none is given.
    pub limit: Option<Spanned<u64>>,
    /// The fields.
    pub fields: Vec<Field>,
    /// `keepevents=`: keep the rows but empty the fields.
    pub keepevents: Option<bool>,
    /// `keepempty=`: keep rows where a field is null.
    pub keepempty: Option<bool>,
    /// `consecutive=`: only neighbours.
    pub consecutive: Option<bool>,
    /// `sortby` keys.
    pub sortby: Vec<SortKey>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Dedup> {
    const KNOWN: &[&str] = &["keepevents", "keepempty", "consecutive"];
    let (i, mut given) = options(i, name, KNOWN)?;
    let (i, limit) = opt(count).parse(i)?;
    let (i, (more, fields)) = mixed(i, name, KNOWN, &["sortby"])?;
    given.extend(more);
    if fields.is_empty() {
        return missing(i, "`dedup` needs a field", "write `dedup host`");
    }
    let mut dedup = Dedup {
        limit,
        fields,
        keepevents: None,
        keepempty: None,
        consecutive: None,
        sortby: Vec::new(),
    };
    let mut i = i;
    if let Ok((rest, _)) = keyword("sortby", "sortby")(i) {
        let (rest, keys) = sort::keys(rest)?;
        if keys.is_empty() {
            return rest.ws().cut("a field name after sortby");
        }
        dedup.sortby = keys;
        let (rest, after) = options(rest, name, KNOWN)?;
        given.extend(after);
        i = rest;
    }
    for o in &given {
        let value = Some(o.as_bool()?);
        match o.name.node.as_str() {
            "keepevents" => dedup.keepevents = value,
            "keepempty" => dedup.keepempty = value,
            _ => dedup.consecutive = value,
        }
    }
    Ok((i, dedup))
}
