//! Commands without arguments: `addinfo`, `require`, `uniq`.

use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bare {}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Bare> {
    Ok((i, Bare {}))
}
