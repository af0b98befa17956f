//! All fields of an event, for searches whose field set is not known.

mod interner;

use super::MAX_DEPTH;
use super::cursor::{Cursor, Key};
use super::error::{ScanError, ScanErrorKind};
use super::lex::{is_number, number_run, skip_ws, word};
use super::slots::{Kind, Span};
use crate::fieldset::FieldSet;
use interner::{Interner, NONE, ROOT};

/// Default cap on distinct field names: 100 MB of Kubernetes audit events hold about 500 (and
/// 35,000 paths, nearly all of which end in empty objects).
pub const DEFAULT_MAX_FIELDS: usize = 100_000;

/// The number of a field name in a [`Flattener`]: 0, 1, 2... in the order of first appearance.
/// Paths that give the same name (`{"a.b":1}`, `{"a":{"b":1}}`) have the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u32);

/// One value of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// Its field.
    pub field: FieldId,
    /// Where its text stands in the event.
    pub span: Span,
}

/// Finds every field of events, with names interned over all events that it has seen.
#[derive(Debug)]
pub struct Flattener {
    paths: Interner,
}

impl Flattener {
    /// All fields, with a cap on distinct names (see [`DEFAULT_MAX_FIELDS`]).
    pub fn new(max_fields: usize) -> Flattener {
        Flattener { paths: Interner::new(max_fields, None) }
    }

    /// Only the fields of `wanted`; a wildcard is tried once for each path, and subtrees that
    /// cannot hold a wanted field are skipped.
    pub fn with_filter(max_fields: usize, wanted: FieldSet) -> Flattener {
        let wanted = (!wanted.is_all()).then_some(wanted);
        Flattener { paths: Interner::new(max_fields, wanted) }
    }

    /// The name of a field.
    pub fn name(&self, field: FieldId) -> &str {
        self.paths.field_name(field.0)
    }

    /// Number of fields seen so far; their numbers are 0 up to this.
    pub fn fields(&self) -> usize {
        self.paths.fields()
    }

    /// How many values were left out because the cap was reached. Above zero the result lacks
    /// fields, and its owner must say so.
    pub fn dropped_values(&self) -> u64 {
        self.paths.dropped
    }

    /// Puts the values of one event into `out` (cleared first), in document order.
    ///
    /// Several values of one field are a multivalue: members of an array `a{}`, of the objects in
    /// an array `a{}.b`, of a repeated key. An empty object or array gives no field. An event that
    /// is an array has names that begin with `{}`. On an error `out` holds what stood before the
    /// fault: the caller drops it and keeps the event with `_raw` only.
    pub fn flatten(&mut self, event: &[u8], out: &mut Vec<Leaf>) -> Result<(), ScanError> {
        out.clear();
        let b = event;
        if b.len() >= u32::MAX as usize {
            return Err(ScanErrorKind::TooLong.at(0));
        }
        let paths = &mut self.paths;
        paths.begin();
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
            match b.get(i) {
                Some(b'"') => {
                    let (end, escaped) = cursor.string_end(i + 1)?;
                    let kind = if escaped { Kind::StrEsc } else { Kind::Str };
                    push(paths, node, Span::new(i + 1, end, kind), out);
                    i = end + 1;
                }
                Some(&open @ (b'{' | b'[')) => {
                    let array = open == b'[';
                    if node == NONE || !paths.descends(node) {
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
                            node = nodes[depth - 1];
                            if !array {
                                let key = cursor.key(i)?;
                                node = child(paths, node, b, &key);
                                i = key.value;
                            }
                            continue;
                        }
                    }
                }
                Some(b'-' | b'0'..=b'9') => {
                    let end = number_run(b, i);
                    if !is_number(&b[i..end]) {
                        return Err(ScanErrorKind::Number.at(i));
                    }
                    push(paths, node, Span::new(i, end, Kind::Num), out);
                    i = end;
                }
                Some(&c @ (b't' | b'f' | b'n')) => {
                    let (text, kind): (&'static [u8], Kind) = match c {
                        b't' => (b"true", Kind::True),
                        b'f' => (b"false", Kind::False),
                        _ => (b"null", Kind::Null),
                    };
                    let end = word(b, i, text)?;
                    push(paths, node, Span::new(i, end, kind), out);
                    i = end;
                }
                Some(_) => return Err(ScanErrorKind::ExpectedValue.at(i)),
                None => return Err(ScanErrorKind::Unterminated.at(b.len())),
            }
            loop {
                i = skip_ws(b, i);
                let Some(top) = depth.checked_sub(1) else {
                    if i == b.len() {
                        return Ok(());
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
                            node = child(paths, node, b, &key);
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
}

/// The path of a key. One whose value is an empty container gives no field and gets no path:
/// `managedFields` is made of those, each with a name of its own.
#[inline(always)]
fn child(paths: &mut Interner, node: u32, b: &[u8], key: &Key) -> u32 {
    match b.get(key.value..key.value + 2) {
        Some(b"{}" | b"[]") => NONE,
        _ => paths.key(node, &b[key.start..key.end], key.escaped),
    }
}

#[inline(always)]
fn push(paths: &mut Interner, node: u32, span: Span, out: &mut Vec<Leaf>) {
    if node != NONE
        && let Some(field) = paths.field(node)
    {
        out.push(Leaf { field: FieldId(field), span });
    }
}
