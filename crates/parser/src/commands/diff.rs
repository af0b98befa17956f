//! `diff`: the difference between two results.

use crate::ast::*;
use crate::grammar::options::options;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Diff {
    /// `position1=`: which result comes first, counted from 1; 1 where none is given.
    pub position1: Option<Spanned<u64>>,
    /// `position2=`: 2 where none is given.
    pub position2: Option<Spanned<u64>>,
    /// `attribute=`: the field that is compared; `_raw` where none is given.
    pub attribute: Option<Field>,
    /// `diffheader=`
    pub diffheader: Option<bool>,
    /// `context=`: a context diff instead of a unified one.
    pub context: Option<bool>,
    /// `maxlen=`: how many bytes of each are compared; 0 = all.
    pub maxlen: Option<Spanned<u64>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Diff> {
    const KNOWN: &[&str] =
        &["position1", "position2", "attribute", "diffheader", "context", "maxlen"];
    let (i, all) = options(i, name, KNOWN)?;
    let mut d = Diff::default();
    for o in all {
        match o.name.node.as_str() {
            "position1" => d.position1 = Some(position(&o)?),
            "position2" => d.position2 = Some(position(&o)?),
            "attribute" => d.attribute = Some(o.as_field()),
            "diffheader" => d.diffheader = Some(o.as_bool()?),
            "context" => d.context = Some(o.as_bool()?),
            _ => d.maxlen = Some(o.as_count()?),
        }
    }
    Ok((i, d))
}

fn position(o: &super::NamedOption) -> Result<Spanned<u64>, nom::Err<crate::input::Fail>> {
    match o.as_count()? {
        n if n.node > 0 => Ok(n),
        _ => Err(o.wrong("a whole number from 1 on")),
    }
}
