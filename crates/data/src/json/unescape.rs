//! The text of a JSON string.

use std::borrow::Cow;

use memchr::memchr;

/// The text that the inside of a JSON string stands for.
///
/// A lone surrogate and bytes that are not UTF-8 become U+FFFD; an escape that JSON does not know
/// stays as it is, backslash included.
pub fn unescape(raw: &[u8]) -> Cow<'_, str> {
    if memchr(b'\\', raw).is_none() {
        return lossy(raw);
    }
    let mut out = String::with_capacity(raw.len());
    unescape_into(raw, &mut out);
    Cow::Owned(out)
}

/// As [`unescape`], appending to `out`.
pub fn unescape_into(raw: &[u8], out: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr(b'\\', rest) {
        push_lossy(&rest[..at], out);
        rest = &rest[at + 1..];
        let Some((&c, after)) = rest.split_first() else {
            out.push('\\');
            return;
        };
        let plain = match c {
            b'"' | b'\\' | b'/' => c as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                rest = push_unicode(after, out);
                continue;
            }
            _ => {
                // the character itself follows with the rest: it may be several bytes long
                out.push('\\');
                continue;
            }
        };
        out.push(plain);
        rest = after;
    }
    push_lossy(rest, out);
}

/// The bytes as text, U+FFFD where they are not UTF-8. What is valid is told much faster than by
/// `String::from_utf8_lossy`, and nearly everything is.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

fn push_lossy(bytes: &[u8], out: &mut String) {
    out.push_str(&lossy(bytes));
}

fn hex4(b: &[u8]) -> Option<u32> {
    let mut code = 0;
    for &d in b.first_chunk::<4>()? {
        code = code << 4 | (d as char).to_digit(16)?;
    }
    Some(code)
}

/// `rest` begins after `\u`; gives what is left after the escape.
fn push_unicode<'a>(rest: &'a [u8], out: &mut String) -> &'a [u8] {
    let Some(code) = hex4(rest) else {
        out.push_str("\\u");
        return rest;
    };
    let rest = &rest[4..];
    if (0xD800..0xDC00).contains(&code) {
        let low = rest.strip_prefix(b"\\u").and_then(hex4);
        if let Some(low) = low.filter(|l| (0xDC00..0xE000).contains(l)) {
            let pair = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            out.push(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
            return &rest[6..];
        }
    }
    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for (raw, want) in [
            (r"plain", "plain"),
            (r"a\nb\tc\r\f\b", "a\nb\tc\r\u{c}\u{8}"),
            (r#"\"\\\/"#, "\"\\/"),
            (r"\u0050ulling", "Pulling"),
            (r"\uD83D\uDE00!", "😀!"),
            (r"\ud83d", "\u{FFFD}"),
            (r"\ud83dx", "\u{FFFD}x"),
            (r"\ud83d\u0041", "\u{FFFD}A"),
            (r"\ude00", "\u{FFFD}"),
            (r"\u12", r"\u12"),
            (r"\u12G4", r"\u12G4"),
            (r"\q\é", r"\q\é"),
            (r"\0", r"\0"),
        ] {
            assert_eq!(unescape(raw.as_bytes()), want, "{raw}");
        }
        assert_eq!(unescape(b"x\\"), "x\\");
        assert_eq!(unescape(b"a\xFFb\\n\xC3"), "a\u{FFFD}b\n\u{FFFD}");
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_serde_json(s in ".*") {
            let json = serde_json::to_string(&s).unwrap();
            proptest::prop_assert_eq!(unescape(&json.as_bytes()[1..json.len() - 1]), s);
        }

        #[test]
        fn any_bytes(b in proptest::collection::vec(proptest::num::u8::ANY, 0..40)) {
            let _ = unescape(&b);
        }
    }
}
