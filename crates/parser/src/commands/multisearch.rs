//! `multisearch`: several searches whose rows are merged by time.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::options::missing;
use crate::grammar::pipeline::subsearch;
use crate::input::{In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Multisearch {
    /// The subsearches: two at least.
    pub searches: Vec<Pipeline>,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Multisearch> {
    let (rest, searches) = subsearches(i)?;
    match searches.as_slice() {
        [] => missing(
            i,
            "`multisearch` needs subsearches",
            "write `multisearch [search a=1] [search b=1]`",
        ),
        [one] => stop(
            Diagnostic::error("SPL2267", one.span, "`multisearch` needs two subsearches at least")
                .label("only this one"),
        ),
        _ => Ok((rest, Multisearch { searches })),
    }
}

/// Subsearches in a row.
pub(crate) fn subsearches(mut i: In<'_>) -> Res<'_, Vec<Pipeline>> {
    let mut searches = Vec::new();
    while i.ws().s.starts_with('[') {
        let (rest, search) = subsearch(i)?;
        searches.push(search);
        i = rest;
    }
    Ok((i, searches))
}
