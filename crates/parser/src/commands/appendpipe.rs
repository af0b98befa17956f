//! `appendpipe`: the rows of a subpipeline over the current rows, after them.

use super::NamedOption;
use crate::ast::*;
use crate::grammar::options::{missing, options};
use crate::grammar::pipeline::subsearch;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Appendpipe {
    /// `run_in_preview=` as typed.
    pub options: Vec<NamedOption>,
    /// The subpipeline.
    pub pipeline: Pipeline,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Appendpipe> {
    let (i, options) = options(i, name, &["run_in_preview"])?;
    for o in &options {
        o.as_bool()?;
    }
    if !i.ws().s.starts_with('[') {
        return missing(i, "`appendpipe` needs a subpipeline", "write `appendpipe [stats ...]`");
    }
    let (i, pipeline) = subsearch(i)?;
    Ok((i, Appendpipe { options, pipeline }))
}
