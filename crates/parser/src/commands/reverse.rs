//! `reverse`: the rows in the other order.

use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reverse {}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Reverse> {
    Ok((i, Reverse {}))
}
