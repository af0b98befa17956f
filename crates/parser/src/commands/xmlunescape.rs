//! `xmlunescape`: characters in place of XML's references.

use crate::ast::*;
use crate::grammar::options::options;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Xmlunescape {
    /// `maxinputs=`.
    pub maxinputs: Option<Spanned<u64>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Xmlunescape> {
    let (i, given) = options(i, name, &["maxinputs"])?;
    let maxinputs = given.last().map(|o| o.as_count()).transpose()?;
    Ok((i, Xmlunescape { maxinputs }))
}
