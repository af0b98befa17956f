//! `spath`: fields from JSON or XML text.

use crate::ast::*;
use crate::grammar::options::{mixed, one_field};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spath {
    /// `input=`; `_raw` where none is given.
    pub input: Option<Field>,
    /// `output=`; the path where none is given.
    pub output: Option<Field>,
    /// `path=` or the bare argument; without one every field is extracted.
    pub path: Option<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Spath> {
    let (i, (options, fields)) = mixed(i, name, &["input", "output", "path"], &[])?;
    let mut spath = Spath { input: None, output: None, path: None };
    if !fields.is_empty() {
        spath.path = Some(one_field(name, fields)?);
    }
    for o in options {
        match o.name.node.as_str() {
            "input" => spath.input = Some(o.value),
            "output" => spath.output = Some(o.value),
            _ => spath.path = Some(o.value),
        }
    }
    Ok((i, spath))
}
