//! The language of `search`: parentheses, then NOT, then OR, then AND, which is implied.
//!
//! Source: Splunk Search Reference, search; Search Manual, "Boolean expressions with logical
//! operators".

use super::eval::{self, close_paren};
use super::pipeline::subsearch;
use crate::Diagnostic;
use crate::ast::{CompareOp, SearchExpr, SearchValue, Span, Spanned, TermKind};
use crate::input::{In, Res};
use crate::lex::unescape;
use crate::lex::words::{comma, compare_op, string};
use crate::names;

/// Terms up to the end of the stage or a closing parenthesis; `And([])` where there is none.
pub(crate) fn terms(mut i: In<'_>) -> Res<'_, SearchExpr> {
    let mut items = Vec::new();
    loop {
        i = skip_commas(i);
        if i.is_empty() || i.s.starts_with(')') {
            break;
        }
        if let Some(rest) = operator(i, "AND") {
            if items.is_empty() {
                return i.cut("a term before AND");
            }
            i = skip_commas(rest);
            if i.is_empty() || i.s.starts_with(')') {
                return i.cut("a term after AND");
            }
        }
        let (rest, item) = alternatives(i)?;
        warn_lower_case(i, &item, items.is_empty());
        items.push(item);
        i = rest;
    }
    let single = if items.len() == 1 { items.pop() } else { None };
    Ok((i, single.unwrap_or(SearchExpr::And(items))))
}

/// `a OR b OR ...`
fn alternatives(i: In<'_>) -> Res<'_, SearchExpr> {
    let (mut i, first) = i.nested(1, term)?;
    let mut items = vec![first];
    while let Some(rest) = operator(i.ws(), "OR") {
        let rest = rest.ws();
        if rest.is_empty() || rest.s.starts_with(')') {
            return rest.cut("a term after OR");
        }
        let (rest, item) = rest.nested(1, term)?;
        items.push(item);
        i = rest;
    }
    match (items.len(), items.pop()) {
        (1, Some(only)) => Ok((i, only)),
        (_, last) => {
            items.extend(last);
            Ok((i, SearchExpr::Or(items)))
        }
    }
}

/// White space, and commas between terms, which Splunk reads as white space.
fn skip_commas(i: In<'_>) -> In<'_> {
    let mut i = i.ws();
    while i.s.starts_with(',') {
        i = i.skip(1).ws();
    }
    i
}

/// `AND`, `OR` or `NOT`: in upper case and not part of a word.
fn operator<'a>(i: In<'a>, word: &'static str) -> Option<In<'a>> {
    let rest = i.s.strip_prefix(word)?;
    let ends = rest.is_empty()
        || rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | ')'));
    // `OR=1` and `OR = 1` compare a field of that name
    let rest = i.skip(word.len());
    (ends && compare_op(rest).is_err()).then_some(rest)
}

fn term(i: In<'_>) -> Res<'_, SearchExpr> {
    let i = i.ws();
    if let Some(rest) = operator(i, "NOT") {
        let (rest, inner) = match rest.nested(1, term) {
            Err(nom::Err::Error(_)) => return rest.ws().cut("a term after NOT"),
            other => other?,
        };
        return Ok((rest, SearchExpr::Not(Box::new(inner))));
    }
    match i.peek() {
        Some('(') => parenthesised(i),
        Some('[') => {
            let (rest, pipeline) = subsearch(i)?;
            Ok((rest, SearchExpr::Subsearch(Box::new(pipeline))))
        }
        Some('"') => {
            let (rest, text) = string(i)?;
            if let Some(done) = comparison(&text, rest)? {
                return Ok(done);
            }
            let Spanned { node, span } = text;
            let value = SearchValue { text: node, quoted: true, kind: TermKind::Plain, span };
            Ok((rest, SearchExpr::Term(value)))
        }
        _ if operator(i, "OR").is_some() => i.cut("a term before OR"),
        _ => word_term(i),
    }
}

fn parenthesised(i: In<'_>) -> Res<'_, SearchExpr> {
    let (rest, inner) = terms(i.skip(1))?;
    let after = close_paren(i, rest)?;
    if matches!(&inner, SearchExpr::And(list) if list.is_empty()) {
        i.cx.report(
            Diagnostic::warning("SPL0013", i.span_to(after), "nothing in these parentheses")
                .label("matches every event"),
        );
    }
    Ok((after, inner))
}

/// A term that begins with a word: a comparison, a directive, a function, or the word itself.
fn word_term(i: In<'_>) -> Res<'_, SearchExpr> {
    if let Some(done) = directive(i)? {
        return Ok((done.0, SearchExpr::Term(done.1)));
    }
    let n = word_len(i.s, true);
    if n == 0 {
        return i.fail("a term");
    }
    let rest = i.skip(n);
    let word = &i.s[..n];
    if rest.s.starts_with('(')
        && matches!(word.to_ascii_lowercase().as_str(), "cidrmatch" | "searchmatch")
    {
        let (rest, call) = eval::call(i)?;
        return Ok((rest, SearchExpr::Call(call)));
    }
    let name = Spanned::new(unescape(word), i.span_to(rest));
    if let Some(done) = comparison(&name, rest)? {
        return Ok(done);
    }
    if let Some((field, value)) = indexed(word) {
        let at = i.skip(field.len() + 2);
        let value = SearchValue {
            text: unescape(value),
            quoted: false,
            kind: TermKind::Plain,
            span: at.span_to(rest),
        };
        let field = Spanned::new(field.to_owned(), i.span_to(i.skip(field.len())));
        let span = i.span_to(rest);
        return Ok((rest, SearchExpr::Compare { field, op: CompareOp::Eq, value, span }));
    }
    let Spanned { node, span } = name;
    let value = SearchValue { text: node, quoted: false, kind: TermKind::Plain, span };
    Ok((rest, SearchExpr::Term(value)))
}

/// `host::web1`: the same as `host=web1` for the fields that are stored in the index.
fn indexed(word: &str) -> Option<(&str, &str)> {
    let (field, value) = word.split_once("::")?;
    let known = ["host", "source", "sourcetype", "index", "eventtype", "tag", "splunk_server"];
    (known.contains(&field) && !value.is_empty()).then_some((field, value))
}

/// After a field name: an operator and a value, or `IN (...)`; `None` where neither follows.
fn comparison<'a>(
    field: &Spanned<String>,
    i: In<'a>,
) -> Result<Option<(In<'a>, SearchExpr)>, nom::Err<crate::input::Fail>> {
    if let Ok((rest, op)) = compare_op(i) {
        let (rest, value) = value(rest)?;
        let span = field.span.to(value.span);
        let key = field.node.to_ascii_lowercase();
        if op == CompareOp::Eq
            && value.kind == TermKind::Plain
            && names::TIME_MODIFIERS.binary_search(&key.as_str()).is_ok()
        {
            let key = Spanned::new(key, field.span);
            let value = Spanned::new(value.text, value.span);
            return Ok(Some((rest, SearchExpr::Time { key, value })));
        }
        let field = field.clone();
        return Ok(Some((rest, SearchExpr::Compare { field, op, value, span })));
    }
    let at = i.ws();
    let is_in = at.s.get(..2).is_some_and(|w| w.eq_ignore_ascii_case("in"));
    if at.off > i.off && is_in && at.skip(2).ws().s.starts_with('(') {
        let (rest, values) = in_list(at.skip(2).ws())?;
        let span = field.span.to(Span::new(rest.off, rest.off));
        return Ok(Some((rest, SearchExpr::In { field: field.clone(), values, span })));
    }
    Ok(None)
}

/// `(a, b c*)`
fn in_list(open: In<'_>) -> Res<'_, Vec<SearchValue>> {
    let mut values = Vec::new();
    let mut i = open.skip(1);
    loop {
        i = skip_commas(i);
        if i.is_empty() || i.s.starts_with(')') {
            break;
        }
        let (rest, value) = list_value(i)?;
        values.push(value);
        i = rest;
    }
    if i.s.starts_with(')') && values.is_empty() {
        return i.cut("a value");
    }
    if !i.s.starts_with(')') {
        comma(i).ok();
    }
    Ok((close_paren(open, i)?, values))
}

fn list_value(i: In<'_>) -> Res<'_, SearchValue> {
    if i.s.starts_with('"') {
        return quoted_value(i);
    }
    if let Some(done) = directive(i)? {
        return Ok(done);
    }
    let n = i.s[..word_len(i.s, false)].find(',').unwrap_or_else(|| word_len(i.s, false));
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
fn value(i: In<'_>) -> Res<'_, SearchValue> {
    let i = i.ws();
    if i.s.starts_with('"') {
        return quoted_value(i);
    }
    if let Some(done) = directive(i)? {
        return Ok(done);
    }
    let mut n = word_len(i.s, false);
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
fn directive(i: In<'_>) -> Result<Option<(In<'_>, SearchValue)>, nom::Err<crate::input::Fail>> {
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

/// The length of a word: up to white space, a quote, a bracket, or (`field`) an operator. Commas
/// at its end belong to the list, not to the word.
fn word_len(s: &str, field: bool) -> usize {
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

/// `or`, `and`, `not` in lower case are words that Splunk searches for; hardly ever meant so.
fn warn_lower_case(i: In<'_>, item: &SearchExpr, first: bool) {
    let SearchExpr::Term(SearchValue { text, quoted: false, kind: TermKind::Plain, span }) = item
    else {
        return;
    };
    let upper = match text.as_str() {
        "and" if !first => "AND",
        "or" if !first => "OR",
        "not" => "NOT",
        _ => return,
    };
    i.cx.report(
        Diagnostic::warning(
            "SPL0010",
            *span,
            format!("`{text}` in lower case is a word to search for"),
        )
        .label("not an operator")
        .help(format!("write `{upper}` for the operator, or quote the word")),
    );
}
