use super::{Entry, NUMBER};
use crate::run_cx::RunError;
use sepal_data::OrderKey;
use sepal_data::codec::{Reader, Writer};
use std::io::{BufReader, Read, Seek, SeekFrom};

/// For each field number of one store, that of another.
pub(super) type Ids = std::sync::Arc<[u64]>;

/// Sorted rows in a temporary file.
pub(super) struct Run {
    pub file: tempfile::NamedTempFile,
    pub ids: Option<Ids>,
}

/// Sorted rows of another store.
pub(super) struct Part {
    pub arena: Vec<u8>,
    pub entries: Vec<Entry>,
    pub ids: Option<Ids>,
}

pub(super) fn new_id(id: u64, ids: &[u64]) -> u64 {
    usize::try_from(id).ok().and_then(|i| ids.get(i)).copied().unwrap_or(id)
}

/// Appends a row to `out` with the numbers of its fields replaced.
pub(super) fn renumber(row: &[u8], ids: &[u64], out: &mut Vec<u8>) -> Result<(), RunError> {
    let (head, texts) = halves(row)?;
    let mut head = Reader::new(head);
    let mut new = Writer::new();
    while !head.is_done() {
        new.uint(new_id(head.uint()?, ids));
        let kind = head.uint()?;
        new.uint(kind);
        if kind == NUMBER {
            new.f64(head.f64()?);
        }
    }
    let mut w = Writer { buf: std::mem::take(out) };
    w.bytes(&new.buf);
    w.buf.extend_from_slice(texts);
    *out = w.buf;
    Ok(())
}

pub(super) enum Source<'a> {
    Memory { entries: std::slice::Iter<'a, Entry>, arena: &'a [u8], row: &'a [u8] },
    File { reader: BufReader<&'a mut std::fs::File>, row: Vec<u8> },
}

impl<'a> Source<'a> {
    /// Rows in memory.
    pub fn memory(entries: &'a [Entry], arena: &'a [u8]) -> Source<'a> {
        Source::Memory { entries: entries.iter(), arena, row: &[] }
    }

    /// Rows in a file.
    pub fn file(file: &'a mut std::fs::File) -> Result<Source<'a>, RunError> {
        file.seek(SeekFrom::Start(0)).map_err(read_back)?;
        Ok(Source::File { reader: BufReader::with_capacity(1 << 16, file), row: Vec::new() })
    }

    /// The row that `next` went to.
    pub fn row(&self) -> &[u8] {
        match self {
            Source::Memory { row, .. } => row,
            Source::File { row, .. } => row,
        }
    }

    /// Goes to the next row and gives its place.
    pub fn next(&mut self) -> Result<Option<OrderKey>, RunError> {
        match self {
            Source::Memory { entries, arena, row } => Ok(entries.next().map(|e| {
                *row = &arena[e.start..e.start + e.len as usize];
                e.key
            })),
            Source::File { reader, row } => {
                let mut n = [0u8; 1];
                if reader.read(&mut n).map_err(read_back)? == 0 {
                    return Ok(None);
                }
                let mut head = [0u8; 255];
                let head = &mut head[..n[0] as usize];
                reader.read_exact(head).map_err(read_back)?;
                let mut r = Reader::new(head);
                let key = r.order()?;
                let len = r.uint()?;
                row.resize(usize::try_from(len).unwrap_or(0), 0);
                reader.read_exact(row).map_err(read_back)?;
                Ok(Some(key))
            }
        }
    }
}

fn read_back(e: std::io::Error) -> RunError {
    RunError::failed("SPL3011", format!("cannot read a temporary file back: {e}"))
}

/// A row's head and its texts.
pub(super) fn halves(row: &[u8]) -> Result<(&[u8], &[u8]), RunError> {
    let mut r = Reader::new(row);
    let head = r.bytes()?;
    Ok((head, row.get(r.position()..).unwrap_or_default()))
}
