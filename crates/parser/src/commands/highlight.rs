//! `highlight`, `iconify`: how events are shown in Splunk Web.

use crate::ast::*;
use crate::grammar::args::columns1;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Highlight {
    /// The texts, or the fields of `iconify`.
    pub words: Vec<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Highlight> {
    let (i, words) = columns1(i, &[])?;
    Ok((i, Highlight { words }))
}
