//! `key=value` pairs anywhere in the text: Splunk's automatic extraction (`KV_MODE = auto`).
//!
//! A value in double quotes goes to the closing one, with `\"` and `\\` inside; another one goes to
//! the next white space, comma, semicolon or bar. Characters that a field name cannot have become
//! `_`, and leading ones of them go (`CLEAN_KEYS`).
//!
//! Source: Splunk Admin Manual, props.conf, `KV_MODE`; Knowledge Manager Manual, "When Splunk
//! software extracts fields".

use super::{Extraction, Options, only};
use std::borrow::Cow;
use std::sync::Arc;

pub(super) fn make(options: &Options) -> Result<Arc<dyn Extraction>, String> {
    only("kv", &[], options)?;
    Ok(Arc::new(Kv))
}

#[derive(Debug)]
struct Kv;

fn in_key(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b':' | b'$') || b >= 0x80
}

/// Where an unquoted value ends.
fn ends(b: u8) -> bool {
    b.is_ascii_whitespace() || matches!(b, b',' | b';' | b'|' | b'&')
}

/// The name as a field can be called.
pub(super) fn clean(key: &str) -> Cow<'_, str> {
    let key = key.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == ':';
    match key.chars().all(fine) {
        true => Cow::Borrowed(key),
        false => Cow::Owned(key.chars().map(|c| if fine(c) { c } else { '_' }).collect()),
    }
}

impl Extraction for Kv {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        let bytes = text.as_bytes();
        let mut from = 0;
        while let Some(eq) = memchr::memchr(b'=', bytes.get(from..).unwrap_or_default()) {
            let eq = from + eq;
            let key_at =
                bytes[from..eq].iter().rposition(|b| !in_key(*b)).map_or(from, |n| from + n + 1);
            let key = clean(text.get(key_at..eq).unwrap_or_default());
            let at = eq + 1;
            let (value, next) = match bytes.get(at) {
                Some(b'"') => quoted(text, at + 1),
                _ => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let len = rest.iter().position(|b| ends(*b)).unwrap_or(rest.len());
                    (text.get(at..at + len).map(Cow::Borrowed), at + len)
                }
            };
            from = next.max(at);
            if let Some(value) = value.filter(|v| !v.is_empty() && !key.is_empty()) {
                put(&key, value);
            }
        }
    }

    /// Values stand in the text as they are, but for quotes and backslashes with a backslash.
    fn witness(&self, _: &str, value: &str) -> Option<Vec<String>> {
        match value.contains(['"', '\\']) {
            true => None,
            false => Some(vec![format!("*={value}*"), format!("*=\"{value}\"*")]),
        }
    }
}

/// The text up to the closing quote, and where to go on.
fn quoted(text: &str, at: usize) -> (Option<Cow<'_, str>>, usize) {
    let bytes = text.as_bytes();
    let mut end = at;
    let mut escaped = false;
    loop {
        match bytes.get(end) {
            // without a closing quote it is no value; what follows may hold pairs
            None => return (None, at),
            Some(b'\\') if matches!(bytes.get(end + 1), Some(b'"' | b'\\')) => {
                escaped = true;
                end += 2;
            }
            Some(b'"') => break,
            Some(_) => end += 1,
        }
    }
    let Some(value) = text.get(at..end) else { return (None, end + 1) };
    let value = match escaped {
        false => Cow::Borrowed(value),
        true => Cow::Owned(value.replace("\\\"", "\"").replace("\\\\", "\\")),
    };
    (Some(value), end + 1)
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn of(text: &str) -> Vec<(String, String)> {
        testing::fields(&Kv, text)
    }

    #[test]
    fn bare_and_quoted_values() {
        let text = r#"type=SYSCALL msg=audit(1.2:3): exe="/bin/a b" q="x\"y" e= z=1,y=2;x=3"#;
        let want = [
            ("type", "SYSCALL"),
            ("msg", "audit(1.2:3):"),
            ("exe", "/bin/a b"),
            ("q", "x\"y"),
            ("z", "1"),
            ("y", "2"),
            ("x", "3"),
        ];
        assert_eq!(of(text), testing::pairs(&want));
    }

    #[test]
    fn keys_are_cleaned_and_open_quotes_harmless() {
        assert_eq!(of("user-id=7 _x=1 =2"), testing::pairs(&[("user_id", "7"), ("x", "1")]));
        assert_eq!(of(r#"a="b c=d"#), testing::pairs(&[("c", "d")]));
        for odd in ["", "=", "==", "a==b", "é=ü", "\"=\"", "a=\"\\"] {
            let _ = of(odd);
        }
    }

    #[test]
    fn witnesses_hold_for_what_is_found() {
        let fits = |w: &String, text: &str| sepal_data::wildcard::Pattern::new(w).is_match(text);
        for text in [r#"a=1, b="x y" c="q\"r" d=é;e=\\"#, ""] {
            Kv.fields(text, &mut |name, value| {
                if let Some(all) = Kv.witness(name, &value) {
                    assert!(all.iter().any(|w| fits(w, text)), "{name}={value}");
                }
            });
        }
    }
}
