//! `appendcols`: the fields of a subsearch's rows beside those of the current rows.

use super::NamedOption;
use crate::ast::*;
use crate::grammar::options::{missing, options};
use crate::grammar::pipeline::subsearch;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Appendcols {
    /// `override=`: whether the subsearch's values replace those that are there.
    pub overrides: Option<bool>,
    /// `maxout=`: how many rows of the subsearch count; 50,000 where none is given.
    pub maxout: Option<Spanned<u64>>,
    /// `extendtimerange=`, `maxtime=`, `timeout=` as typed.
    pub options: Vec<NamedOption>,
    /// The subsearch.
    pub search: Pipeline,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Appendcols> {
    const KNOWN: &[&str] = &["override", "maxout", "extendtimerange", "maxtime", "timeout"];
    let (i, mut given) = options(i, name, KNOWN)?;
    if !i.ws().s.starts_with('[') {
        return missing(i, "`appendcols` needs a subsearch", "write `appendcols [search ...]`");
    }
    let (i, search) = subsearch(i)?;
    let (i, after) = options(i, name, KNOWN)?;
    given.extend(after);
    let mut a = Appendcols { overrides: None, maxout: None, options: Vec::new(), search };
    for o in given {
        match o.name.node.as_str() {
            "override" => a.overrides = Some(o.as_bool()?),
            "maxout" => a.maxout = Some(o.as_count()?),
            _ => a.options.push(o),
        }
    }
    Ok((i, a))
}
