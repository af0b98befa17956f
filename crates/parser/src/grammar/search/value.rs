//! Words and values of `search`: literals, quoted or not, and `TERM()`, `CASE()`, `PREFIX()`.

use super::Failure;
use crate::Diagnostic;
use crate::ast::{SearchValue, Spanned, TermKind};
use crate::grammar::eval::close_paren;
use crate::input::{In, Res};
use crate::lex::unescape;
use crate::lex::words::string;

/// A value in the list of `IN`.
pub(super) fn list_value(i: In<'_>) -> Res<'_, SearchValue> {
    if i.s.starts_with('"') {
        return quoted_value(i);
    }
    if let Some(done) = directive(i)? {
        return Ok(done);
    }
    let n = word_len(i.s, Word::Listed);
    if n == 0 {
        return i.cut("a value");
    }
    Ok((i.skip(n), plain(i, n)))
}

fn quoted_value(i: In<'_>) -> Res<'_, SearchValue> {
    let (rest, text) = string(i)?;
    let Spanned { node, span } = text;
    Ok((rest, SearchValue { text: node, quoted: true, kind: TermKind::Plain, span }))
}

fn plain(i: In<'_>, n: usize) -> SearchValue {
    SearchValue {
        text: unescape(&i.s[..n]),
        quoted: false,
        kind: TermKind::Plain,
        span: i.span_to(i.skip(n)),
    }
}

/// The right side of a comparison: always a literal.
pub(super) fn value(i: In<'_>) -> Res<'_, SearchValue> {
    let i = i.ws();
    if i.s.starts_with('"') {
        return quoted_value(i);
    }
    if let Some(done) = directive(i)? {
        return Ok(done);
    }
    let mut n = word_len(i.s, Word::Value);
    if n == 0 {
        return i.cut("a value");
    }
    // `latest=now()`
    if i.s[..n].eq_ignore_ascii_case("now") && i.s[n..].starts_with("()") {
        n += 2;
    }
    let value = plain(i, n);
    if i.s[n..].starts_with('(') {
        let d = Diagnostic::warning(
            "SPL0014",
            value.span,
            format!("`{}` is compared as a text, `search` calls no functions", value.text),
        );
        i.cx.report(
            d.label("read as a literal")
                .help("use `where` for functions and for field against field"),
        );
    }
    Ok((i.skip(n), value))
}

/// `TERM(x)`, `CASE(x)`, `PREFIX(x)`.
#[allow(clippy::type_complexity)]
pub(super) fn directive(i: In<'_>) -> Result<Option<(In<'_>, SearchValue)>, Failure> {
    let (name, kind) = match i.s.as_bytes().first() {
        Some(b'T') => ("TERM(", TermKind::Term),
        Some(b'C') => ("CASE(", TermKind::Case),
        Some(b'P') => ("PREFIX(", TermKind::Prefix),
        _ => return Ok(None),
    };
    if !i.s.starts_with(name) {
        return Ok(None);
    }
    let open = i.skip(name.len() - 1);
    let body = open.skip(1).ws();
    let (rest, text) = match body.s.starts_with('"') {
        true => {
            let (rest, text) = string(body)?;
            (rest, text.node)
        }
        false => {
            let n = body.s.find(')').unwrap_or(body.s.len());
            (body.skip(n), unescape(body.s[..n].trim_end()))
        }
    };
    let rest = close_paren(open, rest)?;
    let span = i.span_to(rest);
    Ok(Some((rest, SearchValue { text, quoted: false, kind, span })))
}

/// Where a word stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Word {
    /// Before an operator, perhaps.
    Field,
    /// Anywhere else.
    Value,
    /// In a list with commas: looking further would make a long list slow.
    Listed,
}

/// The length of a word: up to white space, a quote, a bracket, an operator behind a field, or a
/// comma in a list. Commas at its end belong to the list, not to the word.
pub(super) fn word_len(s: &str, place: Word) -> usize {
    let field = place == Word::Field;
    let mut chars = s.char_indices().peekable();
    let mut len = s.len();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|&(_, c)| c);
        let ends = match c {
            '\\' if matches!(next, Some('"' | '\\' | '|')) => {
                chars.next();
                false
            }
            '"' | '(' | ')' | '[' | ']' | '|' | '`' => true,
            ',' => place == Word::Listed,
            '=' | '<' | '>' => field,
            '!' => field && next == Some('='),
            c => c.is_whitespace(),
        };
        if ends {
            len = at;
            break;
        }
    }
    s[..len].trim_end_matches(',').len()
}
