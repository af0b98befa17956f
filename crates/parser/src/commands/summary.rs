//! `summary`: what a model that `fit` trained has learned.

use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::missing;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The model, maybe with `app:` before it.
    pub model: Spanned<String>,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Summary> {
    match field(i) {
        Ok((rest, model)) => Ok((rest, Summary { model })),
        Err(nom::Err::Error(_)) => {
            missing(i, "`summary` needs the name of a model", "write `summary model`")
        }
        Err(e) => Err(e),
    }
}
