//! Command arguments: field names, lists, numbers.
//!
//! Here an unquoted name may hold `.`, `{}`, `*`, `:`, `-`, `@`, `/`..., other than in eval.

use crate::ast::{Field, Spanned};
use crate::input::{In, Res};
use crate::lex::words::{keyword, single_quoted, string};

/// The length of a bare name: up to white space or one of `, ( ) [ ] | = "`.
fn bare_len(s: &str) -> usize {
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, ',' | '(' | ')' | '[' | ']' | '|' | '=' | '"' | '`')
    };
    s.find(ends).unwrap_or(s.len())
}

/// A field name: bare, in double or in single quotes.
pub(crate) fn field(i: In<'_>) -> Res<'_, Field> {
    let i = i.ws();
    match i.peek() {
        Some('"') => string(i),
        Some('\'') if i.s[1..].contains('\'') => single_quoted(i),
        _ => match bare_len(i.s) {
            0 => i.fail("a field name"),
            n => Ok((i.skip(n), Spanned::new(i.s[..n].to_owned(), i.span_to(i.skip(n))))),
        },
    }
}

/// A field name that may also be the unquoted default name of an aggregate, such as
/// `count(eval(x=1))` or `values(userAgent)`.
pub(crate) fn column(i: In<'_>) -> Res<'_, Field> {
    let (rest, name) = field(i)?;
    let i = i.ws();
    if i.s.starts_with(['"', '\'']) || !rest.s.starts_with('(') {
        return Ok((rest, name));
    }
    let mut depth = 0_u32;
    for (at, c) in rest.s.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => {
                let end = rest.skip(at + 1);
                let text = i.s[..end.off - i.off].to_owned();
                return Ok((end, Spanned::new(text, i.span_to(end))));
            }
            ')' => depth -= 1,
            _ => {}
        }
    }
    rest.fail("`)`")
}

/// A name followed by `=`: an option, not a field.
fn is_option(i: In<'_>) -> bool {
    field(i).is_ok_and(|(rest, _)| rest.ws().s.starts_with('='))
}

/// Names separated by white space or commas, up to the end, an option, or something that is not
/// a name. May be empty.
pub(crate) fn columns<'a>(mut i: In<'a>, until: &[&'static str]) -> Res<'a, Vec<Field>> {
    let mut fields = Vec::new();
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') && !fields.is_empty() {
            at = at.skip(1).ws();
        }
        if at.is_empty() || is_option(at) || until.iter().any(|&w| keyword(w, w)(at).is_ok()) {
            return Ok((at, fields));
        }
        match column(at) {
            Ok((rest, name)) => {
                fields.push(name);
                i = rest;
            }
            Err(nom::Err::Error(_)) => return Ok((at, fields)),
            Err(e) => return Err(e),
        }
    }
}

/// The same with at least one name.
pub(crate) fn columns1<'a>(i: In<'a>, until: &[&'static str]) -> Res<'a, Vec<Field>> {
    let (rest, fields) = columns(i, until)?;
    if fields.is_empty() {
        return rest.ws().cut("a field name");
    }
    Ok((rest, fields))
}

/// A whole number that stands alone.
pub(crate) fn count(i: In<'_>) -> Res<'_, Spanned<u64>> {
    let i = i.ws();
    let n = bare_len(i.s);
    match i.s[..n].parse::<u64>() {
        Ok(value) if !is_option(i) => Ok((i.skip(n), Spanned::new(value, i.span_to(i.skip(n))))),
        _ => i.fail("a whole number"),
    }
}

/// `AS name`.
pub(crate) fn alias(i: In<'_>) -> Res<'_, Field> {
    let (rest, _) = keyword("as", "AS")(i)?;
    let at = rest.ws();
    if at.s.get(..3).is_some_and(|w| w.trim_end().eq_ignore_ascii_case("by")) {
        // `count AS BY user`
        let after = at.skip(2).ws();
        if !after.is_empty() && !after.s.starts_with(',') {
            return at.cut("a name after AS");
        }
    }
    match column(rest) {
        Err(nom::Err::Error(_)) => rest.ws().cut("a name after AS"),
        other => other,
    }
}
