//! `set`: the rows of two searches as sets.

use super::multisearch::subsearches;
use crate::Diagnostic;
use crate::ast::*;
use crate::input::{In, Res, stop};
use crate::lex::words::keyword;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Set {
    /// What is kept.
    pub op: SetOp,
    /// The first subsearch.
    pub first: Pipeline,
    /// The second one.
    pub second: Pipeline,
}

/// What is kept of two sets of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SetOp {
    /// Rows of either, each once.
    Union,
    /// Rows of one of them only.
    Diff,
    /// Rows of both.
    Intersect,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Set> {
    let ops = [("union", SetOp::Union), ("diff", SetOp::Diff), ("intersect", SetOp::Intersect)];
    let found =
        ops.iter().find_map(|(word, op)| keyword(word, word)(i).ok().map(|(rest, _)| (rest, *op)));
    let Some((rest, op)) = found else { return i.ws().cut("union, diff or intersect") };
    let (rest, searches) = subsearches(rest)?;
    match <[Pipeline; 2]>::try_from(searches) {
        Ok([first, second]) => Ok((rest, Set { op, first, second })),
        Err(other) => {
            let at = other.get(2).map_or(i.ws().span_to(rest), |p| p.span);
            let message = format!("`set` takes two subsearches, not {}", other.len());
            stop(
                Diagnostic::error("SPL2269", at, message)
                    .help("write `set diff [search a=1] [search b=1]`"),
            )
        }
    }
}
