//! `format`: turns rows into the text of a search.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::options::options;
use crate::input::{In, Res, stop};
use crate::lex::words::string;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Format {
    /// `mvsep=`: between the values of a multivalue field; `OR` where none is given.
    pub mvsep: Option<Spanned<String>>,
    /// `maxresults=`: how many rows; 0, the default: all.
    pub maxresults: Option<Spanned<u64>>,
    /// `emptystr=`: what is given for no rows; `NOT ()` where none is given.
    pub emptystr: Option<Spanned<String>>,
    /// Row prefix, column prefix, column separator, column end, row separator, row end.
    pub parts: Option<Vec<Spanned<String>>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Format> {
    const KNOWN: &[&str] = &["mvsep", "maxresults", "emptystr"];
    let mut format = Format { mvsep: None, maxresults: None, emptystr: None, parts: None };
    let (mut i, mut given) = options(i, name, KNOWN)?;
    let mut parts: Vec<Spanned<String>> = Vec::new();
    while i.ws().s.starts_with('"') {
        let (rest, part) = string(i)?;
        parts.push(part);
        i = rest;
    }
    let (i, after) = options(i, name, KNOWN)?;
    given.extend(after);
    for o in given {
        match o.name.node.as_str() {
            "mvsep" => format.mvsep = Some(o.value),
            "emptystr" => format.emptystr = Some(o.value),
            _ => format.maxresults = Some(o.as_count()?),
        }
    }
    if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
        if parts.len() != 6 {
            let span = first.span.to(last.span);
            return stop(
                Diagnostic::error("SPL2143", span, "`format` takes six texts or none")
                    .label(format!("{} given", parts.len()))
                    .help("write `format \"(\" \"(\" \"AND\" \")\" \"OR\" \")\"`"),
            );
        }
        format.parts = Some(parts);
    }
    Ok((i, format))
}
