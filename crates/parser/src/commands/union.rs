//! `union`: the rows of several searches together.

use super::NamedOption;
use super::join::{is_dataset, no_dataset};
use crate::ast::*;
use crate::grammar::options::{missing, mixed};
use crate::grammar::pipeline::subsearch;
use crate::input::{In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Union {
    /// `maxout=`: the most rows of each subsearch; 50,000 where none is given, 0 for all.
    pub maxout: Option<Spanned<u64>>,
    /// `maxtime=`, `timeout=`, `extendtimerange=` as typed.
    pub options: Vec<NamedOption>,
    /// The subsearches.
    pub searches: Vec<Pipeline>,
}

pub(crate) fn parse<'a>(mut i: In<'a>, name: &str) -> Res<'a, Union> {
    let mut u = Union { maxout: None, options: Vec::new(), searches: Vec::new() };
    loop {
        let known = &["maxtime", "maxout", "timeout", "extendtimerange"];
        let (rest, (options, datasets)) = mixed(i, name, known, &[])?;
        if let Some(first) = datasets.first() {
            if is_dataset(&first.node) {
                return stop(no_dataset(first.span, name, &first.node));
            }
            return rest.first(0).cut("a subsearch in `[ ]`");
        }
        for o in options {
            match o.name.node.as_str() {
                "maxout" => u.maxout = Some(o.as_count()?),
                _ => u.options.push(o),
            }
        }
        i = rest;
        let at = i.ws();
        if at.s.starts_with(',') {
            i = at.skip(1);
            continue;
        }
        if !at.s.starts_with('[') {
            break;
        }
        let (rest, search) = subsearch(at)?;
        u.searches.push(search);
        i = rest;
    }
    match u.searches.is_empty() {
        true => missing(i, "`union` needs a subsearch", "write `union [search a=1] [search b=1]`"),
        false => Ok((i, u)),
    }
}
