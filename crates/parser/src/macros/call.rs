//! The text of a macro call: its name and arguments.

use crate::lex::raw::{RawKind, raw, string_len};
use std::ops::Range;

/// A call, with ranges in the text that it stands in.
pub(super) struct Call {
    pub name: String,
    /// Each argument without white space around it and without its quotes.
    pub arguments: Vec<Argument>,
}

pub(super) struct Argument {
    /// `name` of `name=value`.
    pub name: Option<String>,
    /// The whole argument.
    pub whole: Range<usize>,
    /// What follows `name=`.
    pub value: Range<usize>,
}

/// Reads the call at `range` of `text`, backticks included. `None` where it is not one.
pub(super) fn read(text: &str, range: Range<usize>) -> Option<Call> {
    let start = range.start + 1;
    let inner = text.get(start..range.end.checked_sub(1)?)?;
    let body = inner.trim();
    let start = start + (inner.len() - inner.trim_start().len());
    let Some(open) = body.find('(') else {
        return is_name(body).then(|| Call { name: body.to_owned(), arguments: Vec::new() });
    };
    let name = body[..open].trim_end();
    let list = body[open + 1..].strip_suffix(')')?;
    if !is_name(name) {
        return None;
    }
    let from = start + open + 1;
    let arguments =
        split(list).into_iter().map(|r| argument(text, r.start + from..r.end + from)).collect();
    Some(Call { name: name.to_owned(), arguments })
}

fn is_name(s: &str) -> bool {
    !s.is_empty()
        && s.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '@' | '$'))
}

/// The ranges between the commas that are not in quotes or parentheses; none for `()`.
fn split(list: &str) -> Vec<Range<usize>> {
    if list.trim().is_empty() {
        return Vec::new();
    }
    let mut ranges = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for t in raw(list) {
        match (t.kind, t.text(list)) {
            (RawKind::Punct, "(") | (RawKind::Bracket, "[") => depth += 1,
            (RawKind::Punct, ")") | (RawKind::Bracket, "]") => depth = depth.saturating_sub(1),
            (RawKind::Punct, ",") if depth == 0 => {
                ranges.push(from..t.start);
                from = t.end;
            }
            _ => {}
        }
    }
    ranges.push(from..list.len());
    ranges
}

fn argument(text: &str, range: Range<usize>) -> Argument {
    let whole = unquoted(text, trimmed(text, range.clone()));
    let named = text[range.clone()].split_once('=').and_then(|(name, _)| {
        let name = name.trim();
        let ok =
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        ok.then(|| name.to_owned())
    });
    let value = match &named {
        Some(_) => {
            let at = text[range.clone()].find('=').map_or(range.start, |n| range.start + n + 1);
            unquoted(text, trimmed(text, at..range.end))
        }
        None => whole.clone(),
    };
    Argument { name: named, whole, value }
}

fn trimmed(text: &str, r: Range<usize>) -> Range<usize> {
    let s = &text[r.clone()];
    let start = r.start + (s.len() - s.trim_start().len());
    start..start + s.trim().len()
}

/// Without the double quotes around the whole: they only protect commas.
fn unquoted(text: &str, r: Range<usize>) -> Range<usize> {
    let s = &text[r.clone()];
    match s.starts_with('"') && s.len() > 1 && string_len(s) == Some(s.len()) {
        true => r.start + 1..r.end - 1,
        false => r,
    }
}
