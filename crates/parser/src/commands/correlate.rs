//! `correlate`: how often fields occur together.

use crate::input::{In, Res};
use serde::Serialize;

/// It takes no arguments.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Correlate {}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Correlate> {
    Ok((i, Correlate {}))
}
