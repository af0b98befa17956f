//! `fieldformat`: how a field is shown.

use super::eval::{self, Assignment};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fieldformat {
    /// The fields and what is shown in their place.
    pub assignments: Vec<Assignment>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Fieldformat> {
    let (i, e) = eval::parse(i, name)?;
    Ok((i, Fieldformat { assignments: e.assignments }))
}
