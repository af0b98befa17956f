//! The words of the three grammars: each skips white space in front.

use super::raw::string_len;
use super::unescape;
use crate::Diagnostic;
use crate::ast::{CompareOp, Span, Spanned};
use crate::input::{In, Res, stop};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case};
use nom::combinator::value;

/// A punctuation mark such as `,`; `what` is how a message names it.
pub(crate) fn sym<'a>(
    mark: &'static str,
    what: &'static str,
) -> impl Fn(In<'a>) -> Res<'a, Span> + Copy {
    move |i| {
        let i = i.ws();
        match i.s.starts_with(mark) {
            true => {
                let rest = i.skip(mark.len());
                Ok((rest, i.span_to(rest)))
            }
            false => i.fail(what),
        }
    }
}

/// A comma.
pub(crate) fn comma(i: In<'_>) -> Res<'_, Span> {
    sym(",", "`,`")(i)
}

/// Whether `c` can be part of a word, so that a keyword before it is not one.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '{' | '}' | ':' | '*' | '-' | '$' | '@' | '#')
}

/// A keyword in any letter case, such as `BY`, not followed by more of a word.
pub(crate) fn keyword<'a>(
    word: &'static str,
    what: &'static str,
) -> impl Fn(In<'a>) -> Res<'a, Span> + Copy {
    move |i| {
        let i = i.ws();
        let parsed: Res<'a, In<'a>> = tag_no_case(word).parse(i);
        match parsed {
            Ok((rest, _)) if !rest.peek().is_some_and(is_word) && !rest.ws().s.starts_with('=') => {
                Ok((rest, i.span_to(rest)))
            }
            _ => i.fail(what),
        }
    }
}

/// `"text"` with its escapes resolved.
pub(crate) fn string(i: In<'_>) -> Res<'_, Spanned<String>> {
    let i = i.ws();
    if !i.s.starts_with('"') {
        return i.fail("a quoted text");
    }
    match string_len(i.s) {
        Some(n) => {
            let rest = i.skip(n);
            Ok((rest, Spanned::new(unescape(&i.s[1..n - 1]), i.span_to(rest))))
        }
        None => stop(unclosed_quote(Span::new(i.off, i.off + 1))),
    }
}

/// "this quote is never closed".
pub(crate) fn unclosed_quote(span: Span) -> Diagnostic {
    Diagnostic::error("SPL0001", span, "unclosed quote")
        .label("opened here")
        .help("add the closing `\"`; a quote inside a text is written `\\\"`")
}

/// `'name'`: a field name with characters that a bare one cannot have.
pub(crate) fn single_quoted(i: In<'_>) -> Res<'_, Spanned<String>> {
    let i = i.ws();
    let Some(body) = i.s.strip_prefix('\'') else { return i.fail("a field in single quotes") };
    match body.find('\'') {
        Some(n) => {
            let rest = i.skip(n + 2);
            Ok((rest, Spanned::new(body[..n].to_owned(), i.span_to(rest))))
        }
        None => stop(
            Diagnostic::error("SPL0001", Span::new(i.off, i.off + 1), "unclosed quote")
                .label("opened here")
                .help("add the closing `'` of the field name"),
        ),
    }
}

/// A comparison operator.
pub(crate) fn compare_op(i: In<'_>) -> Res<'_, CompareOp> {
    let i = i.ws();
    let parsed: Res<'_, CompareOp> = alt((
        value(CompareOp::Eq, tag("==")),
        value(CompareOp::Eq, tag("=")),
        value(CompareOp::Ne, tag("!=")),
        value(CompareOp::Le, tag("<=")),
        value(CompareOp::Lt, tag("<")),
        value(CompareOp::Ge, tag(">=")),
        value(CompareOp::Gt, tag(">")),
    ))
    .parse(i);
    match parsed {
        Ok(ok) => Ok(ok),
        Err(_) => i.fail("a comparison operator"),
    }
}
