//! `outputtext`: the event's text in `_xml`.

use crate::grammar::options::options;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outputtext {
    /// `usexml=`; true where none is given.
    pub usexml: Option<bool>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Outputtext> {
    let (i, given) = options(i, name, &["usexml"])?;
    let usexml = given.last().map(|o| o.as_bool()).transpose()?;
    Ok((i, Outputtext { usexml }))
}
