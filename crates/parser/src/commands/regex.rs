//! `regex`: keeps rows by a regular expression.

use crate::ast::*;
use crate::grammar::args::field;
use crate::input::{In, Res};
use crate::lex::words::string;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Regex {
    /// `field=` or `field!=`; `_raw` where none is given.
    pub field: Option<Field>,
    /// `!=`: keep what does not match.
    pub negated: bool,
    /// The pattern, escapes of the quotes resolved.
    pub pattern: Spanned<String>,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Regex> {
    let i = i.ws();
    if i.s.starts_with('"') {
        let (after, text) = string(i)?;
        // `regex "a b"="x"` names its field in quotes
        let at = after.ws();
        if !at.s.starts_with('=') && !at.s.starts_with("!=") {
            return Ok((after, Regex { field: None, negated: false, pattern: text }));
        }
    }
    let (rest, mut name) = match field(i) {
        Err(nom::Err::Error(_)) => return i.cut("a pattern in quotes"),
        other => other?,
    };
    // a bare name takes the `!` of `!=` with it
    let negated_here = name.node.ends_with('!') && rest.s.starts_with('=');
    if negated_here {
        name.node.pop();
        name.span.end -= 1;
    }
    let at = rest.ws();
    let (negated, at) = match at.s {
        s if negated_here || s.starts_with('=') => (negated_here, at.skip(1)),
        s if s.starts_with("!=") => (true, at.skip(2)),
        _ => return at.cut("`=` or `!=` and a pattern"),
    };
    let (rest, pattern) = pattern(at)?;
    Ok((rest, Regex { field: Some(name), negated, pattern }))
}

/// A pattern in quotes, or bare up to the end of the command.
fn pattern(i: In<'_>) -> Res<'_, Spanned<String>> {
    let i = i.ws();
    if i.s.starts_with('"') {
        return string(i);
    }
    let n = i.s.trim_end().len();
    if n == 0 {
        return i.cut("a pattern in quotes");
    }
    Ok((i.skip(n), Spanned::new(i.s[..n].to_owned(), i.span_to(i.skip(n)))))
}
