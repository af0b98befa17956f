//! The language of `search`: parentheses, then NOT, then OR, then AND, which is implied.
//!
//! Source: Splunk Search Reference, search; Search Manual, "Boolean expressions with logical
//! operators".

mod value;

use self::value::{Word, directive, list_value, value, word_len};
use super::eval::{self, close_paren};
use super::pipeline::subsearch;
use crate::Diagnostic;
use crate::ast::{CompareOp, SearchExpr, SearchValue, Span, Spanned, TermKind};
use crate::input::{Fail, In, Res};
use crate::lex::unescape;
use crate::lex::words::{comma, compare_op, string};
use crate::names;

type Failure = nom::Err<Fail>;

/// Terms up to the end of the stage or a closing parenthesis; `And([])` where there is none.
pub(crate) fn terms(i: In<'_>) -> Res<'_, SearchExpr> {
    let mut items = Vec::new();
    let i = all(i, &mut items)?;
    Ok((i, joined(items)))
}

// The functions from here to `parenthesised` call each other in a circle. They append to a list
// instead of handing trees around, which keeps the stack frame of a level small.

/// The terms of an AND, implied or not.
fn all<'a>(mut i: In<'a>, items: &mut Vec<SearchExpr>) -> Result<In<'a>, Failure> {
    loop {
        i = after_and(i, items.is_empty())?;
        if i.is_empty() || i.s.starts_with(')') {
            return Ok(i);
        }
        let at = i;
        i = any(i, items)?;
        warn_lower_case(at, items);
    }
}

/// The next term of an AND.
fn after_and(i: In<'_>, first: bool) -> Result<In<'_>, Failure> {
    let i = skip_commas(i);
    let Some(rest) = operator(i, "AND") else { return Ok(i) };
    if first {
        return Err(expected(i, "a term before AND"));
    }
    let rest = skip_commas(rest);
    match rest.is_empty() || rest.s.starts_with(')') {
        true => Err(expected(rest, "a term after AND")),
        false => Ok(rest),
    }
}

#[cold]
fn expected(i: In<'_>, what: &'static str) -> Failure {
    i.cx.expect(i.off, what);
    nom::Err::Failure(Fail(None))
}

fn joined(mut items: Vec<SearchExpr>) -> SearchExpr {
    match (items.len(), items.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            items.extend(last);
            SearchExpr::And(items)
        }
    }
}

/// `a OR b OR ...`, appended as one item.
fn any<'a>(i: In<'a>, items: &mut Vec<SearchExpr>) -> Result<In<'a>, Failure> {
    let from = items.len();
    let mut i = term(i, items)?;
    while let Some(rest) = operator(i.ws(), "OR") {
        let rest = rest.ws();
        if rest.is_empty() || rest.s.starts_with(')') {
            return Err(expected(rest, "a term after OR"));
        }
        i = term(rest, items)?;
    }
    join_alternatives(items, from);
    Ok(i)
}

fn join_alternatives(items: &mut Vec<SearchExpr>, from: usize) {
    if items.len() > from + 1 {
        let alternatives = items.split_off(from);
        items.push(SearchExpr::Or(alternatives));
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
    (ends && !rest.ws().s.starts_with(['=', '<', '>']) && !rest.ws().s.starts_with("!="))
        .then_some(rest)
}

fn term<'a>(i: In<'a>, items: &mut Vec<SearchExpr>) -> Result<In<'a>, Failure> {
    let i = i.ws();
    let _deeper = i.deeper(2)?;
    if let Some(rest) = operator(i, "NOT") {
        return negated(rest, items);
    }
    if i.s.starts_with('(') {
        return parenthesised(i, items);
    }
    push_leaf(i, items)
}

fn push_leaf<'a>(i: In<'a>, items: &mut Vec<SearchExpr>) -> Result<In<'a>, Failure> {
    let (rest, leaf) = leaf(i)?;
    items.push(leaf);
    Ok(rest)
}

fn negated<'a>(i: In<'a>, items: &mut Vec<SearchExpr>) -> Result<In<'a>, Failure> {
    let rest = match term(i, items) {
        Err(nom::Err::Error(_)) => return Err(expected(i.ws(), "a term after NOT")),
        other => other?,
    };
    negate_last(items);
    Ok(rest)
}

fn negate_last(items: &mut Vec<SearchExpr>) {
    if let Some(inner) = items.pop() {
        items.push(SearchExpr::Not(Box::new(inner)));
    }
}

fn parenthesised<'a>(i: In<'a>, items: &mut Vec<SearchExpr>) -> Result<In<'a>, Failure> {
    let mut inner = Vec::new();
    let rest = all(i.skip(1), &mut inner)?;
    let rest = close_paren(i, rest)?;
    if inner.is_empty() {
        warn_empty(i, rest);
    }
    push_joined(items, inner);
    Ok(rest)
}

fn push_joined(items: &mut Vec<SearchExpr>, inner: Vec<SearchExpr>) {
    items.push(joined(inner));
}

#[cold]
fn warn_empty(i: In<'_>, rest: In<'_>) {
    i.cx.report(
        Diagnostic::warning("SPL0013", i.span_to(rest), "nothing in these parentheses")
            .label("matches every event"),
    );
}

/// A term without terms inside.
fn leaf(i: In<'_>) -> Res<'_, SearchExpr> {
    match i.peek() {
        Some('[') => {
            let (rest, pipeline) = subsearch(i)?;
            Ok((rest, SearchExpr::Subsearch(Box::new(pipeline))))
        }
        Some('"') => quoted_term(i),
        _ if operator(i, "OR").is_some() => i.cut("a term before OR"),
        _ => word_term(i),
    }
}

fn quoted_term(i: In<'_>) -> Res<'_, SearchExpr> {
    let (rest, text) = string(i)?;
    if let Some(done) = comparison(&text, rest)? {
        return Ok(done);
    }
    let Spanned { node, span } = text;
    let value = SearchValue { text: node, quoted: true, kind: TermKind::Plain, span };
    Ok((rest, SearchExpr::Term(value)))
}

/// A term that begins with a word: a comparison, a directive, a function, or the word itself.
fn word_term(i: In<'_>) -> Res<'_, SearchExpr> {
    if let Some(done) = directive(i)? {
        return Ok((done.0, SearchExpr::Term(done.1)));
    }
    let n = word_len(i.s, Word::Field);
    if n == 0 {
        return i.fail("a term");
    }
    let rest = i.skip(n);
    let word = &i.s[..n];
    if rest.s.starts_with('(')
        && matches!(word.to_ascii_lowercase().as_str(), "cidrmatch" | "searchmatch")
    {
        let (rest, call) = eval::function(i)?;
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
) -> Result<Option<(In<'a>, SearchExpr)>, Failure> {
    if let Ok((rest, op)) = compare_op(i) {
        if rest.ws().s.starts_with('[') {
            return compared_subsearch(field, op, rest).map(Some);
        }
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
    if at.off > i.off && is_in {
        let list = at.skip(2).ws();
        match list.peek() {
            Some('(') => return in_list(field, list).map(Some),
            Some('[') => return in_subsearch(field, list).map(Some),
            _ => {}
        }
    }
    Ok(None)
}

/// `field=[search ...]`
fn compared_subsearch<'a>(
    field: &Spanned<String>,
    op: CompareOp,
    open: In<'a>,
) -> Res<'a, SearchExpr> {
    let (rest, pipeline) = subsearch(open)?;
    let span = field.span.to(Span::new(rest.off, rest.off));
    let (field, search) = (field.clone(), Box::new(pipeline));
    Ok((rest, SearchExpr::CompareSubsearch { field, op, search, span }))
}

/// `field IN [search ...]`
fn in_subsearch<'a>(field: &Spanned<String>, open: In<'a>) -> Res<'a, SearchExpr> {
    let (rest, pipeline) = subsearch(open)?;
    let span = field.span.to(Span::new(rest.off, rest.off));
    let (field, searches) = (field.clone(), vec![pipeline]);
    Ok((rest, SearchExpr::InSubsearch { field, values: Vec::new(), searches, span }))
}

/// `(a, b c*)`, subsearches among the values or not.
fn in_list<'a>(field: &Spanned<String>, open: In<'a>) -> Res<'a, SearchExpr> {
    let (mut values, mut searches) = (Vec::new(), Vec::new());
    let mut i = open.skip(1);
    loop {
        i = skip_commas(i);
        if i.is_empty() || i.s.starts_with(')') {
            break;
        }
        if i.s.starts_with('[') {
            let (rest, pipeline) = subsearch(i)?;
            searches.push(pipeline);
            i = rest;
            continue;
        }
        let (rest, value) = list_value(i)?;
        values.push(value);
        i = rest;
    }
    if i.s.starts_with(')') && values.is_empty() && searches.is_empty() {
        return i.cut("a value");
    }
    if !i.s.starts_with(')') {
        comma(i).ok();
    }
    let rest = close_paren(open, i)?;
    let span = field.span.to(Span::new(rest.off, rest.off));
    let field = field.clone();
    let expr = match searches.is_empty() {
        true => SearchExpr::In { field, values, span },
        false => SearchExpr::InSubsearch { field, values, searches, span },
    };
    Ok((rest, expr))
}

/// Commands whose names are hardly ever searched for.
const PIPED: &[&str] = &[
    "dedup",
    "eval",
    "eventstats",
    "fillnull",
    "inputlookup",
    "makemv",
    "mvexpand",
    "rex",
    "spath",
    "stats",
    "streamstats",
    "timechart",
    "tstats",
    "where",
];

/// `or`, `and`, `not` in lower case are words that Splunk searches for; hardly ever meant so.
fn warn_lower_case(i: In<'_>, items: &[SearchExpr]) {
    let first = items.len() == 1;
    let Some(SearchExpr::Term(SearchValue { text, quoted: false, kind: TermKind::Plain, span })) =
        items.last()
    else {
        return;
    };
    let upper = match text.as_str() {
        "and" if !first => "AND",
        "or" if !first => "OR",
        "not" => "NOT",
        word if !first && PIPED.contains(&word) => {
            let message = format!("`{word}` here is a word to search for");
            let d = Diagnostic::warning("SPL0015", *span, message).label("not read as a command");
            return i.cx.report(d.help(format!("is a `|` missing before `{word}`?")));
        }
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
