//! `savedsearch`: runs a search that has a name.

use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::{missing, value};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Savedsearch {
    /// The name.
    pub name: Spanned<String>,
    /// `nosubstitution=`: `$name$` stays as it is.
    pub nosubstitution: Option<bool>,
    /// What stands for `$name$`, as typed.
    pub values: Vec<(Field, Spanned<String>)>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Savedsearch> {
    let help = "write `savedsearch \"my search\"`";
    if i.ws().is_empty() {
        return missing(i, &format!("`{name}` needs the name of a search"), help);
    }
    let (mut i, search) = field(i)?;
    let mut s = Savedsearch { name: search, nosubstitution: None, values: Vec::new() };
    loop {
        let at = i.ws();
        if at.is_empty() {
            return Ok((at, s));
        }
        let Ok((rest, key)) = field(at) else { return at.cut("`name=value`") };
        let eq = rest.ws();
        if !eq.s.starts_with('=') {
            return at.cut("`name=value`");
        }
        let (rest, text) = value(eq.skip(1))?;
        if key.node.eq_ignore_ascii_case("nosubstitution") {
            let span = Span { end: text.span.end, ..key.span };
            let o = super::NamedOption { name: key, value: text, span };
            s.nosubstitution = Some(o.as_bool()?);
        } else {
            s.values.push((key, text));
        }
        i = rest;
    }
}
