//! Lexing: the raw tokens that all of SPL shares, and the words of each grammar.

pub(crate) mod raw;
pub(crate) mod words;

/// The text of a quoted piece with `\"`, `\\` and `\|` resolved; an unknown escape stays as it
/// is, so `\\s` and `\s` are alike.
///
/// Source: Splunk Search Reference, search, "Backslash escape sequences".
pub(crate) fn unescape(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut chars = s.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(&next @ ('"' | '\\' | '|'))) => {
                out.push(next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}
