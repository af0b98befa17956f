//! The full check of an event against RFC 8259.

use super::MAX_DEPTH;
use super::cursor::Cursor;
use super::error::{ScanError, ScanErrorKind};
use super::lex::{is_number, number_run, skip_ws, word};

/// Checks that `event` is one JSON object or array as RFC 8259 writes it, and UTF-8 throughout.
///
/// Stricter than what [`scan`](fn@super::scan) accepts: also raw control characters in strings,
/// unknown escapes and invalid UTF-8 are faults here. Meant for counting damage: a scan that ended
/// early, or that skipped a subtree, has not looked at all of the text.
pub fn validate(event: &[u8]) -> Result<(), ScanError> {
    if let Err(e) = std::str::from_utf8(event) {
        return Err(ScanErrorKind::Utf8.at(e.valid_up_to()));
    }
    let b = event;
    let mut arrays: u128 = 0;
    let mut depth = 0usize;
    let mut cursor = Cursor::new(b);
    let mut i = skip_ws(b, 0);
    match b.get(i) {
        None => return Err(ScanErrorKind::Empty.at(i)),
        Some(b'{' | b'[') => {}
        Some(_) => return Err(ScanErrorKind::NotContainer.at(i)),
    }
    loop {
        // a value begins at i
        match b.get(i) {
            Some(&open @ (b'{' | b'[')) => {
                if depth == MAX_DEPTH {
                    return Err(ScanErrorKind::Depth.at(i));
                }
                let array = open == b'[';
                i = skip_ws(b, i + 1);
                if b.get(i) == Some(&if array { b']' } else { b'}' }) {
                    i += 1;
                } else {
                    arrays = arrays & !(1 << depth) | u128::from(array) << depth;
                    depth += 1;
                    if !array {
                        i = checked_key(b, &mut cursor, i)?;
                    }
                    continue;
                }
            }
            Some(b'"') => {
                let (end, _) = cursor.string_end(i + 1)?;
                check_string(b, i + 1, end)?;
                i = end + 1;
            }
            Some(b't') => i = word(b, i, b"true")?,
            Some(b'f') => i = word(b, i, b"false")?,
            Some(b'n') => i = word(b, i, b"null")?,
            Some(b'-' | b'0'..=b'9') => {
                let end = number_run(b, i);
                if !is_number(&b[i..end]) {
                    return Err(ScanErrorKind::Number.at(i));
                }
                i = end;
            }
            Some(_) => return Err(ScanErrorKind::ExpectedValue.at(i)),
            None => return Err(ScanErrorKind::Unterminated.at(b.len())),
        }
        loop {
            i = skip_ws(b, i);
            if depth == 0 {
                return if i == b.len() { Ok(()) } else { Err(ScanErrorKind::Trailing.at(i)) };
            }
            let array = arrays >> (depth - 1) & 1 == 1;
            match b.get(i) {
                Some(b',') => {
                    i = skip_ws(b, i + 1);
                    if !array {
                        i = checked_key(b, &mut cursor, i)?;
                    }
                    break;
                }
                Some(b']') if array => depth -= 1,
                Some(b'}') if !array => depth -= 1,
                Some(_) => return Err(ScanErrorKind::ExpectedEnd.at(i)),
                None => return Err(ScanErrorKind::Unterminated.at(b.len())),
            }
            i += 1;
        }
    }
}

fn checked_key(b: &[u8], cursor: &mut Cursor<'_>, i: usize) -> Result<usize, ScanError> {
    let key = cursor.key(i)?;
    check_string(b, key.start, key.end)?;
    Ok(key.value)
}

fn check_string(b: &[u8], start: usize, end: usize) -> Result<(), ScanError> {
    let mut i = start;
    while i < end {
        match b[i] {
            0..0x20 => return Err(ScanErrorKind::Control.at(i)),
            b'\\' => {
                let ok = match b.get(i + 1) {
                    Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => true,
                    Some(b'u') => {
                        let hex = b.get(i + 2..i + 6).filter(|_| i + 6 <= end);
                        hex.is_some_and(|h| h.iter().all(u8::is_ascii_hexdigit))
                    }
                    _ => false,
                };
                if !ok {
                    return Err(ScanErrorKind::Escape.at(i));
                }
                i += 2;
            }
            _ => i += 1,
        }
    }
    Ok(())
}
