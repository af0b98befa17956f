//! `iplocation`: where an IP address is.

use crate::ast::*;
use crate::grammar::options::{missing, mixed, one_field};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Iplocation {
    /// The field with the address.
    pub field: Field,
    /// `prefix=`.
    pub prefix: Option<Spanned<String>>,
    /// `allfields=`.
    pub allfields: Option<bool>,
    /// `lang=`.
    pub lang: Option<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Iplocation> {
    let (i, (options, fields)) = mixed(i, name, &["allfields", "lang", "prefix"], &[])?;
    if fields.is_empty() {
        return missing(i, "`iplocation` needs a field", "write `iplocation src`");
    }
    let field = one_field(name, fields)?;
    let mut l = Iplocation { field, prefix: None, allfields: None, lang: None };
    for o in options {
        match o.name.node.as_str() {
            "allfields" => l.allfields = Some(o.as_bool()?),
            "lang" => l.lang = Some(o.value),
            _ => l.prefix = Some(o.value),
        }
    }
    Ok((i, l))
}
