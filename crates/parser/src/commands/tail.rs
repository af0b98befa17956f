//! `tail`: the last rows, last one first.

use crate::ast::*;
use crate::grammar::args::count;
use crate::grammar::options::options;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tail {
    /// How many; 10 where none is given.
    pub limit: Option<Spanned<u64>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Tail> {
    let (i, given) = options(i, name, &["limit"])?;
    match given.last() {
        Some(o) => Ok((i, Tail { limit: Some(o.as_count()?) })),
        None if i.ws().is_empty() => Ok((i, Tail { limit: None })),
        None => {
            let (i, n) = count(i)?;
            Ok((i, Tail { limit: Some(n) }))
        }
    }
}
