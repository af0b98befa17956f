//! `localize`: the time ranges in which events follow each other.

use crate::ast::*;
use crate::grammar::options::options;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Localize {
    /// `maxpause=`; a minute where none is given.
    pub maxpause: Option<Spanned<String>>,
    /// `timeafter=`; 30 seconds where none is given.
    pub timeafter: Option<Spanned<String>>,
    /// `timebefore=`; 30 seconds where none is given.
    pub timebefore: Option<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Localize> {
    let (i, given) = options(i, name, &["maxpause", "timeafter", "timebefore"])?;
    let mut l = Localize::default();
    for o in given {
        match o.name.node.as_str() {
            "maxpause" => l.maxpause = Some(o.value),
            "timeafter" => l.timeafter = Some(o.value),
            _ => l.timebefore = Some(o.value),
        }
    }
    Ok((i, l))
}
