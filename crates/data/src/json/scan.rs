//! The skip parser: fetches only the referenced paths of one event.

use std::ops::ControlFlow;

use super::MAX_DEPTH;
use super::cursor::Cursor;
use super::error::{ScanError, ScanErrorKind};
use super::lex::{is_number, number_run, skip_ws, word};
use super::paths::{NONE, PathSet, ROOT};
use super::slots::{Kind, Slots, Span};

/// How far a scan went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// To the end of the event: all values are there and the structure is whole.
    Complete,
    /// To this byte offset, which lies after a value. Damage further on is not seen.
    Stopped(usize),
}

/// Fetches the values of `paths` from one event into `out` (cleared first), in document order.
///
/// Strings, numbers, `true`, `false` and `null` are values; an object or array is not, so an empty
/// one gives no field. On an error `out` holds what stood before the fault: the caller drops it and
/// keeps the event with `_raw` only.
pub fn scan(paths: &PathSet, event: &[u8], out: &mut Slots) -> Result<Scan, ScanError> {
    out.reset(paths.len());
    run(paths, event, |slot, span, _| {
        out.push(slot, span);
        true
    })
}

/// As [`scan`], but stops as soon as every path has a value and the rest of the text cannot hold
/// another value of any of them. Gives the same values as [`scan`] for every well-formed event.
///
/// Where the rest might hold another value (the same key occurs again anywhere, a `\u` escape, names
/// with `{}`, more than four different last keys) it scans on to the end.
pub fn scan_early(paths: &PathSet, event: &[u8], out: &mut Slots) -> Result<Scan, ScanError> {
    out.reset(paths.len());
    let all = paths.len();
    let mut armed = paths.early();
    run(paths, event, |slot, span, after| {
        out.push(slot, span);
        if armed && out.filled() == all {
            armed = false;
            return paths.any_may_repeat(event.get(after..).unwrap_or_default());
        }
        true
    })
}

/// As [`scan`], but asks `until` after each value and stops where it breaks.
///
/// This is for fetching a predicate's field first. Stopping at a value that fails the predicate is
/// sound only if no later value of that slot can satisfy it: ask [`PathSet::may_repeat`] with the
/// text after [`Scan::Stopped`]'s offset, and scan in full where it says yes.
pub fn scan_until(
    paths: &PathSet,
    event: &[u8],
    out: &mut Slots,
    mut until: impl FnMut(usize, Span) -> ControlFlow<()>,
) -> Result<Scan, ScanError> {
    out.reset(paths.len());
    run(paths, event, |slot, span, _| {
        out.push(slot, span);
        until(slot as usize, span).is_continue()
    })
}

/// The walk. `found(slot, span, after)` says whether to go on; `after` is the offset behind the
/// value.
#[inline(always)]
fn run(
    paths: &PathSet,
    b: &[u8],
    mut found: impl FnMut(u32, Span, usize) -> bool,
) -> Result<Scan, ScanError> {
    if b.len() >= u32::MAX as usize {
        return Err(ScanErrorKind::TooLong.at(0));
    }
    // the containers that are walked through: node of each, and which are arrays
    let mut nodes = [NONE; MAX_DEPTH];
    let mut arrays: u128 = 0;
    let mut depth = 0usize;
    let mut i = skip_ws(b, 0);
    match b.get(i) {
        None => return Err(ScanErrorKind::Empty.at(i)),
        Some(b'{' | b'[') => {}
        Some(_) => return Err(ScanErrorKind::NotContainer.at(i)),
    }
    let mut cursor = Cursor::new(b);
    let mut node = ROOT;
    loop {
        // a value begins at i, its node is `node`
        let slot = if node == NONE { NONE } else { paths.node_slot(node) };
        match b.get(i) {
            Some(b'"') => {
                let (end, escaped) = cursor.string_end(i + 1)?;
                let from = i + 1;
                i = end + 1;
                let kind = if escaped { Kind::StrEsc } else { Kind::Str };
                if slot != NONE && !found(slot, Span::new(from, end, kind), i) {
                    return Ok(Scan::Stopped(i));
                }
            }
            Some(&open @ (b'{' | b'[')) => {
                let array = open == b'[';
                let wanted = node != NONE
                    && if array { paths.elem(node) != NONE } else { paths.has_keys(node) };
                if !wanted {
                    i = cursor.skip_container(i, depth)?;
                } else {
                    if depth == MAX_DEPTH {
                        return Err(ScanErrorKind::Depth.at(i));
                    }
                    i = skip_ws(b, i + 1);
                    if b.get(i) == Some(&if array { b']' } else { b'}' }) {
                        i += 1;
                    } else {
                        nodes[depth] = if array { paths.elem(node) } else { node };
                        arrays = arrays & !(1 << depth) | u128::from(array) << depth;
                        depth += 1;
                        if array {
                            node = nodes[depth - 1];
                        } else {
                            let key = cursor.key(i)?;
                            node = paths.child(node, b, key.start, key.end, key.escaped);
                            i = key.value;
                        }
                        continue;
                    }
                }
            }
            Some(b'-' | b'0'..=b'9') => {
                let end = number_run(b, i);
                let from = i;
                i = end;
                if slot != NONE {
                    if !is_number(&b[from..end]) {
                        return Err(ScanErrorKind::Number.at(from));
                    }
                    if !found(slot, Span::new(from, end, Kind::Num), end) {
                        return Ok(Scan::Stopped(end));
                    }
                }
            }
            Some(&c @ (b't' | b'f' | b'n')) => {
                let (text, kind): (&'static [u8], Kind) = match c {
                    b't' => (b"true", Kind::True),
                    b'f' => (b"false", Kind::False),
                    _ => (b"null", Kind::Null),
                };
                let end = word(b, i, text)?;
                if slot != NONE && !found(slot, Span::new(i, end, kind), end) {
                    return Ok(Scan::Stopped(end));
                }
                i = end;
            }
            Some(_) => return Err(ScanErrorKind::ExpectedValue.at(i)),
            None => return Err(ScanErrorKind::Unterminated.at(b.len())),
        }
        // behind a value: a comma, or closing brackets
        loop {
            i = skip_ws(b, i);
            let Some(top) = depth.checked_sub(1) else {
                if i == b.len() {
                    return Ok(Scan::Complete);
                }
                return Err(ScanErrorKind::Trailing.at(i));
            };
            let array = arrays >> top & 1 == 1;
            match b.get(i) {
                Some(b',') => {
                    i = skip_ws(b, i + 1);
                    node = nodes[top];
                    if !array {
                        let key = cursor.key(i)?;
                        node = paths.child(node, b, key.start, key.end, key.escaped);
                        i = key.value;
                    }
                    break;
                }
                Some(b'}') if !array => depth = top,
                Some(b']') if array => depth = top,
                Some(_) => return Err(ScanErrorKind::ExpectedEnd.at(i)),
                None => return Err(ScanErrorKind::Unterminated.at(b.len())),
            }
            i += 1;
        }
    }
}
