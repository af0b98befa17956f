//! The cells of a row.

use super::{Dialect, Header, MAX_COLUMNS};
use crate::Value;
use std::borrow::Cow;
use std::ops::Range;

/// Where a cell stands in the text of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its bytes, without the quotes around them.
    range: Range<usize>,
    /// Quotes in it are doubled.
    doubled: bool,
}

impl Cell {
    pub(super) fn bytes<'r>(&self, row: &'r [u8], escapes: bool) -> Cow<'r, [u8]> {
        let bytes = row.get(self.range.clone()).unwrap_or_default();
        if escapes {
            return unescape(bytes);
        }
        if !self.doubled {
            return bytes.into();
        }
        let mut out = Vec::with_capacity(bytes.len());
        let mut quote = false;
        for b in bytes {
            quote = *b == b'"' && !quote;
            if !quote {
                out.push(*b);
            }
        }
        out.into()
    }
}

/// Why the cells of a row cannot all be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// A quoted cell does not end.
    #[error("a quoted cell without an end")]
    Unclosed,
    /// There are more than [`MAX_COLUMNS`](super::MAX_COLUMNS) cells.
    #[error("more than 65536 cells")]
    TooMany,
}

impl Header {
    /// Finds the cells of a row.
    ///
    /// # Errors
    /// Where a quoted cell is not closed, which is the last one then, and where there are too many
    /// cells, the first of which are given.
    pub fn cells(&self, row: &[u8], out: &mut Vec<Cell>) -> Result<(), RowError> {
        out.clear();
        let delimiter = self.delimiter_of(row);
        let quotes = self.dialect != Dialect::Zeek;
        let mut at = 0;
        loop {
            if out.len() == MAX_COLUMNS {
                return Err(RowError::TooMany);
            }
            if quotes && row.get(at) == Some(&b'"') {
                let open = at;
                at += 1;
                let mut doubled = false;
                loop {
                    let rest = row.get(at..).unwrap_or_default();
                    let Some(n) = memchr::memchr(b'"', rest) else {
                        out.push(Cell { range: open + 1..row.len(), doubled });
                        return Err(RowError::Unclosed);
                    };
                    at += n + 1;
                    if row.get(at) != Some(&b'"') {
                        break;
                    }
                    doubled = true;
                    at += 1;
                }
                let rest = row.get(at..).unwrap_or_default();
                let more = memchr::memchr(delimiter, rest).unwrap_or(rest.len());
                // text behind the closing quote: the cell is as it stands
                let range = if rest[..more].trim_ascii().is_empty() {
                    open + 1..at - 1
                } else {
                    doubled = false;
                    open..at + more
                };
                out.push(Cell { range, doubled });
                at += more;
            } else {
                let rest = row.get(at..).unwrap_or_default();
                let n = memchr::memchr(delimiter, rest).unwrap_or(rest.len());
                out.push(Cell { range: at..at + n, doubled: false });
                at += n;
            }
            if at >= row.len() {
                return Ok(());
            }
            at += 1;
        }
    }

    /// The value of a cell: null where it is empty or unset, a multivalue for Zeek's sets and
    /// vectors.
    pub fn value(&self, row: &[u8], column: usize, cell: &Cell) -> Value {
        let bytes = row.get(cell.range.clone()).unwrap_or_default();
        if self.dialect != Dialect::Zeek {
            return match bytes {
                [] => Value::Null,
                _ => Value::text_of(String::from_utf8_lossy(&self.bytes(row, cell))),
            };
        }
        let text = |b: &[u8]| Value::text_of(String::from_utf8_lossy(&unescape(b)));
        if bytes == self.unset {
            Value::Null
        } else if self.is_set(column) {
            if bytes == self.empty {
                return Value::Null;
            }
            Value::from_members(bytes.split(|b| *b == self.set_separator).map(text))
        } else if bytes == self.empty {
            Value::text_of("")
        } else {
            text(bytes)
        }
    }

    /// Calls `test` with each value of a cell until one passes.
    pub fn any(
        &self,
        row: &[u8],
        column: usize,
        cell: &Cell,
        mut test: impl FnMut(&str) -> bool,
    ) -> bool {
        if self.dialect == Dialect::Zeek {
            let v = self.value(row, column, cell);
            return match &v {
                Value::Null => false,
                v => v.members().iter().any(|m| test(&m.text())),
            };
        }
        let bytes = self.bytes(row, cell);
        !bytes.is_empty() && test(&String::from_utf8_lossy(&bytes))
    }
}

/// Zeek's `\x09` as the byte that it stands for.
pub(super) fn unescape(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(bytes, b"\\x").is_none() {
        return bytes.into();
    }
    let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(b) = bytes.get(at) {
        let code = (*b == b'\\' && bytes.get(at + 1) == Some(&b'x'))
            .then(|| Some(digit(at + 2)? * 16 + digit(at + 3)?))
            .flatten()
            .and_then(|code| u8::try_from(code).ok());
        out.push(code.unwrap_or(*b));
        at += if code.is_some() { 4 } else { 1 };
    }
    out.into()
}
