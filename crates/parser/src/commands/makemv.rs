//! `makemv`: splits a field into a multivalue.

use crate::ast::*;
use crate::grammar::options::{missing, mixed, one_field};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Makemv {
    /// The field.
    pub field: Field,
    /// `delim=`; a space where neither is given.
    pub delim: Option<Spanned<String>>,
    /// `tokenizer=`: a regular expression with one group.
    pub tokenizer: Option<Spanned<String>>,
    /// `allowempty=`.
    pub allowempty: Option<bool>,
    /// `setsv=`.
    pub setsv: Option<bool>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Makemv> {
    const KNOWN: &[&str] = &["delim", "tokenizer", "allowempty", "setsv"];
    let (i, (options, fields)) = mixed(i, name, KNOWN, &[])?;
    if fields.is_empty() {
        return missing(i, "`makemv` needs a field", "write `makemv delim=\",\" field`");
    }
    let field = one_field(name, fields)?;
    let mut makemv = Makemv { field, delim: None, tokenizer: None, allowempty: None, setsv: None };
    for o in options {
        match o.name.node.as_str() {
            "delim" => makemv.delim = Some(o.value),
            "tokenizer" => makemv.tokenizer = Some(o.value),
            "allowempty" => makemv.allowempty = Some(o.as_bool()?),
            _ => makemv.setsv = Some(o.as_bool()?),
        }
    }
    Ok((i, makemv))
}
