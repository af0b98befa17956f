//! `rex`: fields from named groups, or sed-style replacement.

use crate::ast::*;
use crate::grammar::options::{missing, option};
use crate::input::{In, Res};
use crate::lex::words::string;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rex {
    /// `field=`; `_raw` where none is given.
    pub field: Option<Field>,
    /// The pattern, or the sed expression in `mode=sed`.
    pub pattern: Spanned<String>,
    /// `mode=sed`.
    pub sed: bool,
    /// `max_match=`; 1 where none is given, 0 = all.
    pub max_match: Option<Spanned<u64>>,
    /// `offset_field=`.
    pub offset_field: Option<Field>,
}

pub(crate) fn parse<'a>(mut i: In<'a>, name: &str) -> Res<'a, Rex> {
    const KNOWN: &[&str] = &["field", "max_match", "offset_field", "mode"];
    let mut pattern: Option<Spanned<String>> = None;
    let (mut field, mut sed, mut max_match, mut offset_field) = (None, false, None, None);
    loop {
        let at = i.ws();
        if at.is_empty() {
            break;
        }
        if at.s.starts_with('"') && pattern.is_none() {
            let (rest, text) = string(at)?;
            pattern = Some(text);
            i = rest;
            continue;
        }
        match option(at, name, KNOWN) {
            Ok((rest, o)) => {
                match o.name.node.as_str() {
                    "field" => field = Some(o.as_field()),
                    "max_match" => max_match = Some(o.as_count()?),
                    "offset_field" => offset_field = Some(o.as_field()),
                    _ if o.value.node.eq_ignore_ascii_case("sed") => sed = true,
                    _ => return Err(o.wrong("sed")),
                }
                i = rest;
            }
            Err(nom::Err::Error(_)) if pattern.is_none() => {
                // a pattern without quotes ends at white space
                let n = at.s.find(char::is_whitespace).unwrap_or(at.s.len());
                pattern = Some(Spanned::new(at.s[..n].to_owned(), at.span_to(at.skip(n))));
                i = at.skip(n);
            }
            Err(nom::Err::Error(_)) => break,
            Err(e) => return Err(e),
        }
    }
    match pattern {
        Some(pattern) => Ok((i, Rex { field, pattern, sed, max_match, offset_field })),
        None => {
            missing(i, "`rex` needs a pattern", "write `rex field=_raw \"user=(?<user>\\w+)\"`")
        }
    }
}
