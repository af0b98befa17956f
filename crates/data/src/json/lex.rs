//! The smallest steps over JSON bytes, shared by all readers of an event.

use memchr::memchr2;

use super::MAX_DEPTH;
use super::error::{ScanError, ScanErrorKind};

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Eight bytes at `i`, first byte lowest.
#[inline(always)]
pub(super) fn load8(b: &[u8], i: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*b.get(i..)?.first_chunk::<8>()?))
}

/// The high bit of each byte that equals `byte`; bits above the lowest one set may be wrong.
#[inline(always)]
fn eq8(w: u64, byte: u8) -> u64 {
    let x = w ^ (LOW * byte as u64);
    x.wrapping_sub(LOW) & !x & HIGH
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

/// From the byte after an opening quote to the closing quote: its position, and whether the string
/// holds a backslash.
#[inline(always)]
pub(super) fn string_end(b: &[u8], start: usize) -> Result<(usize, bool), ScanError> {
    let mut i = start;
    for _ in 0..4 {
        let Some(w) = load8(b, i) else { break };
        let hit = eq8(w, b'"') | eq8(w, b'\\');
        if hit != 0 {
            let at = i + (hit.trailing_zeros() / 8) as usize;
            return if b[at] == b'"' { Ok((at, false)) } else { string_tail(b, start, at) };
        }
        i += 8;
    }
    string_tail(b, start, i)
}

/// The rest of [`string_end`] for long strings and strings with escapes.
#[inline(never)]
fn string_tail(b: &[u8], start: usize, mut i: usize) -> Result<(usize, bool), ScanError> {
    let unterminated = ScanErrorKind::UnterminatedString.at(start.saturating_sub(1));
    let mut escaped = false;
    loop {
        let rest = b.get(i..).ok_or(unterminated)?;
        i += memchr2(b'"', b'\\', rest).ok_or(unterminated)?;
        if b[i] == b'"' {
            return Ok((i, escaped));
        }
        escaped = true;
        i += 2;
    }
}

/// A key at `i`, which must be its opening quote, with the colon and the white space after it.
pub(super) struct Key {
    /// Span of the text inside the quotes.
    pub start: usize,
    /// End of that span.
    pub end: usize,
    /// Whether it holds a backslash.
    pub escaped: bool,
    /// First byte of the value.
    pub value: usize,
}

#[inline(always)]
pub(super) fn key(b: &[u8], i: usize) -> Result<Key, ScanError> {
    match b.get(i) {
        Some(b'"') => {}
        Some(_) => return Err(ScanErrorKind::ExpectedKey.at(i)),
        None => return Err(ScanErrorKind::Unterminated.at(b.len())),
    }
    let start = i + 1;
    let (end, escaped) = string_end(b, start)?;
    let colon = skip_ws(b, end + 1);
    match b.get(colon) {
        Some(b':') => {}
        Some(_) => return Err(ScanErrorKind::ExpectedColon.at(colon)),
        None => return Err(ScanErrorKind::Unterminated.at(b.len())),
    }
    Ok(Key { start, end, escaped, value: skip_ws(b, colon + 1) })
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
    let kind = if word.starts_with(rest) { ScanErrorKind::Unterminated } else { ScanErrorKind::Word };
    Err(kind.at(i))
}

/// What the bracket skip does with a byte: 0 nothing, else one of the `CLASS_` values.
const CLASS: [u8; 256] = {
    let mut t = [0u8; 256];
    t[b'"' as usize] = CLASS_QUOTE;
    t[b'{' as usize] = CLASS_OPEN;
    t[b'[' as usize] = CLASS_OPEN;
    t[b'}' as usize] = CLASS_CLOSE;
    t[b']' as usize] = CLASS_CLOSE;
    t
};
const CLASS_QUOTE: u8 = 1;
const CLASS_OPEN: u8 = 2;
const CLASS_CLOSE: u8 = 3;

/// From an opening bracket at `i`, inside `depth` open containers, to the byte after its closing
/// bracket. Only counts brackets outside strings.
pub(super) fn skip_container(b: &[u8], i: usize, depth: usize) -> Result<usize, ScanError> {
    let mut open = depth;
    let mut at = i;
    while let Some(&c) = b.get(at) {
        at += 1;
        match CLASS[c as usize] {
            CLASS_QUOTE => at = string_end(b, at)?.0 + 1,
            CLASS_OPEN => {
                open += 1;
                if open > MAX_DEPTH {
                    return Err(ScanErrorKind::Depth.at(at - 1));
                }
            }
            CLASS_CLOSE => {
                open -= 1;
                if open <= depth {
                    return Ok(at);
                }
            }
            _ => {}
        }
    }
    Err(ScanErrorKind::Unterminated.at(b.len()))
}
