//! `localop`: what follows does not run on search peers.

use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Localop {}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Localop> {
    Ok((i, Localop {}))
}
