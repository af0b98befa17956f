//! `xpath`: takes values out of XML.

use crate::ast::*;
use crate::grammar::options::{missing, options};
use crate::input::{In, Res};
use crate::lex::words::string;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Xpath {
    /// The path.
    pub path: Spanned<String>,
    /// `field=`: the field with the XML; `_raw` where none is given.
    pub field: Option<Field>,
    /// `outfield=`: `xpath` where none is given.
    pub outfield: Option<Field>,
    /// `default=`: what a row gets in which nothing is found.
    pub default: Option<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Xpath> {
    const KNOWN: &[&str] = &["field", "outfield", "default"];
    let (i, mut all) = options(i, name, KNOWN)?;
    let at = i.ws();
    if !at.s.starts_with('"') {
        return missing(at, "`xpath` needs a path in quotes", "write `xpath \"//user/@name\"`");
    }
    let (i, path) = string(at)?;
    let (i, more) = options(i, name, KNOWN)?;
    all.extend(more);
    let mut x = Xpath { path, field: None, outfield: None, default: None };
    for o in all {
        match o.name.node.as_str() {
            "field" => x.field = Some(o.as_field()),
            "outfield" => x.outfield = Some(o.as_field()),
            _ => x.default = Some(o.value),
        }
    }
    Ok((i, x))
}
