//! The smallest steps over JSON bytes, shared by all readers of an event.

use super::error::{ScanError, ScanErrorKind};

/// Eight bytes at `i`, first byte lowest.
#[inline(always)]
pub(super) fn load8(b: &[u8], i: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*b.get(i..)?.first_chunk::<8>()?))
}

/// The first byte at or after `i` that is not JSON white space.
#[inline(always)]
pub(super) fn skip_ws(b: &[u8], mut i: usize) -> usize {
    while let Some(&c) = b.get(i) {
        if c > b' ' || !matches!(c, b' ' | b'\n' | b'\r' | b'\t') {
            break;
        }
        i += 1;
    }
    i
}

/// The end of the run of number characters that begins at `i`.
#[inline(always)]
pub(super) fn number_run(b: &[u8], mut i: usize) -> usize {
    while let Some(c) = b.get(i) {
        if !matches!(c, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E') {
            break;
        }
        i += 1;
    }
    i
}

/// Whether `t` is a number as RFC 8259 writes it.
pub(super) fn is_number(t: &[u8]) -> bool {
    fn digits(t: &[u8], mut i: usize) -> usize {
        while t.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    }
    let start = usize::from(t.first() == Some(&b'-'));
    let mut i = digits(t, start);
    if i == start || (i > start + 1 && t[start] == b'0') {
        return false;
    }
    if t.get(i) == Some(&b'.') {
        let frac = i + 1;
        i = digits(t, frac);
        if i == frac {
            return false;
        }
    }
    if matches!(t.get(i), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(t.get(i + 1), Some(b'+' | b'-')));
        let exp = i + 1 + sign;
        i = digits(t, exp);
        if i == exp {
            return false;
        }
    }
    i == t.len()
}

/// Whether `word` stands at `i` and ends there.
#[inline(always)]
pub(super) fn word(b: &[u8], i: usize, word: &'static [u8]) -> Result<usize, ScanError> {
    let end = i + word.len();
    if b.get(i..end) == Some(word) {
        return Ok(end);
    }
    // a word cut off by the end of the text is truncation, not a wrong word
    let rest = b.get(i..).unwrap_or_default();
    let kind =
        if word.starts_with(rest) { ScanErrorKind::Unterminated } else { ScanErrorKind::Word };
    Err(kind.at(i))
}
