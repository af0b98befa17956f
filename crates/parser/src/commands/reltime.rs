//! `reltime`: how long ago a time was.

use crate::ast::*;
use crate::grammar::options::options;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Reltime {
    /// `timefield=`: the fields with times; empty: `_time`.
    pub fields: Vec<Field>,
    /// `prefix=`: what the names of the new fields begin with.
    pub prefix: Option<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Reltime> {
    let (i, given) = options(i, name, &["prefix", "timefield"])?;
    let mut r = Reltime::default();
    for o in given {
        if o.name.node == "prefix" {
            r.prefix = Some(o.value);
            continue;
        }
        let names = o.value.node.split(',').map(str::trim).filter(|n| !n.is_empty());
        r.fields = names.map(|n| Spanned::new(n.to_owned(), o.value.span)).collect();
        if r.fields.is_empty() {
            return Err(o.wrong("the names of fields"));
        }
    }
    Ok((i, r))
}
