//! `append`: the rows of a subsearch after the others.

use super::NamedOption;
use crate::ast::*;
use crate::grammar::options::{missing, options};
use crate::grammar::pipeline::subsearch;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Append {
    /// `extendtimerange=`, `maxtime=`, `maxout=`, `timeout=` as typed.
    pub options: Vec<NamedOption>,
    /// The subsearch.
    pub search: Pipeline,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Append> {
    const KNOWN: &[&str] = &["extendtimerange", "maxtime", "maxout", "timeout"];
    let (i, mut before) = options(i, name, KNOWN)?;
    if !i.ws().s.starts_with('[') {
        return missing(i, "`append` needs a subsearch", "write `append [search ...]`");
    }
    let (i, search) = subsearch(i)?;
    let (i, after) = options(i, name, KNOWN)?;
    before.extend(after);
    Ok((i, Append { options: before, search }))
}
