//! `tags`: the tags of field values.

use crate::ast::*;
use crate::grammar::options::mixed;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Tags {
    /// `outputfield=`.
    pub outputfield: Option<Field>,
    /// `inclname=`.
    pub inclname: Option<bool>,
    /// `inclvalue=`.
    pub inclvalue: Option<bool>,
    /// The fields; all where none is named.
    pub fields: Vec<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Tags> {
    const KNOWN: &[&str] = &["inclname", "inclvalue", "outputfield"];
    let (i, (options, fields)) = mixed(i, name, KNOWN, &[])?;
    let mut t = Tags { fields, ..Tags::default() };
    for o in options {
        match o.name.node.as_str() {
            "inclname" => t.inclname = Some(o.as_bool()?),
            "inclvalue" => t.inclvalue = Some(o.as_bool()?),
            _ => t.outputfield = Some(o.value),
        }
    }
    Ok((i, t))
}
