//! One level of an event: the members of an object, the elements of an array.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::error::{ScanError, ScanErrorKind};
use super::lex::{is_number, number_run, skip_ws, word};
use super::unescape::unescape;

/// Calls `found` with the key and the value's JSON text of each member of an object, in order, also
/// of repeated keys.
///
/// Inner values are only balanced, not checked; see [`validate`](super::validate) for that. On an
/// error `found` was called for what stood before the fault.
pub fn members<'a>(
    object: &'a [u8],
    found: &mut dyn FnMut(Cow<'a, str>, &'a [u8]),
) -> Result<(), ScanError> {
    level(object, b'{', &mut |key, value| found(key.unwrap_or_default(), value))
}

/// Calls `found` with the JSON text of each element of an array, in order; else as [`members`].
pub fn elements<'a>(array: &'a [u8], found: &mut dyn FnMut(&'a [u8])) -> Result<(), ScanError> {
    level(array, b'[', &mut |_, value| found(value))
}

fn level<'a>(
    b: &'a [u8],
    open: u8,
    found: &mut dyn FnMut(Option<Cow<'a, str>>, &'a [u8]),
) -> Result<(), ScanError> {
    let close = if open == b'{' { b'}' } else { b']' };
    let mut i = skip_ws(b, 0);
    match b.get(i) {
        Some(c) if *c == open => i = skip_ws(b, i + 1),
        Some(_) => return Err(ScanErrorKind::NotContainer.at(i)),
        None => return Err(ScanErrorKind::Empty.at(i)),
    }
    let mut cursor = Cursor::new(b);
    if b.get(i) != Some(&close) {
        loop {
            let mut key = None;
            if open == b'{' {
                let k = cursor.key(i)?;
                let text = &b[k.start..k.end];
                let plain = || String::from_utf8_lossy(text);
                key = Some(if k.escaped { unescape(text) } else { plain() });
                i = k.value;
            }
            let end = value_end(b, i, &mut cursor)?;
            found(key, &b[i..end]);
            i = skip_ws(b, end);
            match b.get(i) {
                Some(b',') => i = skip_ws(b, i + 1),
                Some(c) if *c == close => break,
                Some(_) => return Err(ScanErrorKind::ExpectedEnd.at(i)),
                None => return Err(ScanErrorKind::Unterminated.at(b.len())),
            }
        }
    }
    i = skip_ws(b, i + 1);
    if i == b.len() { Ok(()) } else { Err(ScanErrorKind::Trailing.at(i)) }
}

fn value_end(b: &[u8], i: usize, cursor: &mut Cursor<'_>) -> Result<usize, ScanError> {
    match b.get(i) {
        Some(b'"') => Ok(cursor.string_end(i + 1)?.0 + 1),
        Some(b'{' | b'[') => cursor.skip_container(i, 1),
        Some(b't') => word(b, i, b"true"),
        Some(b'f') => word(b, i, b"false"),
        Some(b'n') => word(b, i, b"null"),
        Some(b'-' | b'0'..=b'9') => {
            let end = number_run(b, i);
            if is_number(&b[i..end]) { Ok(end) } else { Err(ScanErrorKind::Number.at(i)) }
        }
        Some(_) => Err(ScanErrorKind::ExpectedValue.at(i)),
        None => Err(ScanErrorKind::Unterminated.at(b.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<String, ScanErrorKind> {
        let mut out = String::new();
        members(text.as_bytes(), &mut |k, v| {
            out.push_str(&format!("{k}={};", String::from_utf8_lossy(v)));
        })
        .map_err(|e| e.kind)?;
        Ok(out)
    }

    #[test]
    fn one_level() {
        for (text, want) in [
            (
                r#" {"a":1,"a" : [1,{"b":"}"}] , "\u0062\ud800":"x\"y" } "#,
                "a=1;a=[1,{\"b\":\"}\"}];b\u{FFFD}=\"x\\\"y\";",
            ),
            ("{}", ""),
            (r#"{"n":1e400,"t":true,"z":null}"#, "n=1e400;t=true;z=null;"),
        ] {
            assert_eq!(of(text).as_deref(), Ok(want), "{text}");
        }
        for (text, want) in [
            ("", ScanErrorKind::Empty),
            ("[]", ScanErrorKind::NotContainer),
            (r#"{"a":1"#, ScanErrorKind::Unterminated),
            (r#"{"a":1}}"#, ScanErrorKind::Trailing),
            (r#"{"a":tru3}"#, ScanErrorKind::Word),
            (r#"{"a" 1}"#, ScanErrorKind::ExpectedColon),
            (r#"{"a":01}"#, ScanErrorKind::Number),
            (r#"{"a":1 "b":2}"#, ScanErrorKind::ExpectedEnd),
        ] {
            assert_eq!(of(text), Err(want), "{text}");
        }
        let mut out = Vec::new();
        elements(b"[1, [2] ,\"x\"]", &mut |v| out.push(v)).unwrap();
        assert_eq!(out, [&b"1"[..], b"[2]", b"\"x\""]);
    }
}
