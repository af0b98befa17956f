//! The rows that wait for the tail of the pipeline, in event order, within a memory budget.

use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::codec::{Reader, Writer};
use sepal_data::{Batch, OrderKey, Value};
use sepal_data::{Col, FieldName};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};

/// Rows per batch that leaves the store: so many that its cells stay in the cache.
const OUT_ROWS: usize = 1024;
const OUT_CELLS: usize = 1 << 16;

/// Where a field was first seen: input, offset of the event, place among the event's fields. Tells
/// the order of columns, whichever thread saw the field first.
pub type FirstSeen = (u32, u64, u32);

#[derive(Clone, Copy)]
struct Known {
    first: FirstSeen,
    /// Whether some row has a value of it.
    filled: bool,
    /// Whether a command named it: its column stays, even if no row has a value.
    named: bool,
}

/// One encoded row: its place, and where its bytes stand in the arena.
struct Entry {
    key: OrderKey,
    start: usize,
    len: u32,
}

/// Says which of two columns comes first.
pub type ColumnOrder<'a> = &'a dyn Fn(&str, &str) -> Ordering;

/// Collects rows in any order and gives them back in event order.
///
/// Rows are kept encoded, one after another, nulls left out: what a wide and sparse result costs
/// is what its values cost. A row is the length of its head, the head, and its texts one after
/// another, so that they are checked as UTF-8 all at once; the head has for each value the field's
/// number, the kind, and a text's length or a number. A field that comes again is a multivalue.
/// Above the budget, sorted runs go to temporary files.
pub struct RowStore {
    names: IndexMap<FieldName, Known, foldhash::fast::FixedState>,
    arena: Vec<u8>,
    /// The row being written: its fields, and the texts of them all.
    head: Writer,
    texts: Vec<u8>,
    entries: Vec<Entry>,
    budget: usize,
    keep_first: Option<usize>,
    runs: Vec<tempfile::NamedTempFile>,
    spilled_rows: u64,
}

impl RowStore {
    /// A store that keeps about `budget` bytes in memory, and where `keep_first` is given only that
    /// many of the first rows.
    pub fn new(budget: usize, keep_first: Option<usize>) -> Self {
        RowStore {
            names: IndexMap::default(),
            arena: Vec::new(),
            head: Writer::new(),
            texts: Vec::new(),
            entries: Vec::new(),
            budget,
            keep_first,
            runs: Vec::new(),
            spilled_rows: 0,
        }
    }

    /// How many rows are held.
    pub fn len(&self) -> u64 {
        self.entries.len() as u64 + self.spilled_rows
    }

    /// Whether no row is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a field in this store, first seen at `first`.
    pub fn field(&mut self, name: &str, first: FirstSeen) -> u64 {
        self.know(name, Known { first, filled: true, named: false })
    }

    fn know(&mut self, name: &str, new: Known) -> u64 {
        if let Some((i, _, known)) = self.names.get_full_mut(name) {
            known.first = known.first.min(new.first);
            known.filled |= new.filled;
            known.named |= new.named;
            return i as u64;
        }
        self.names.insert_full(FieldName::new(name), new).0 as u64
    }

    /// Begins a row that is written field by field.
    pub fn row(&mut self, key: OrderKey) -> RowWriter<'_> {
        self.head.buf.clear();
        self.texts.clear();
        RowWriter { store: self, key }
    }

    /// Takes rows in; each must have its place in `batch.order`.
    pub fn push(&mut self, batch: &Batch) -> Result<(), RunError> {
        let at = batch.order.first().copied().unwrap_or_default();
        let mut ids = Vec::with_capacity(batch.cols.len());
        for (i, (name, col)) in batch.cols.iter().enumerate() {
            let first = (at.unit, at.row, u32::try_from(i).unwrap_or(u32::MAX));
            let named = matches!(col, Col::Const(Value::Null));
            ids.push(self.know(name, Known { first, filled: !col.is_all_null(), named }));
        }
        for row in 0..batch.len {
            let mut w = self.row(batch.order.get(row).copied().unwrap_or_default());
            for (id, col) in ids.iter().zip(batch.cols.values()) {
                w.value(*id, col.get(row));
            }
            w.end()?;
        }
        Ok(())
    }

    /// After a row: keeps to the limits.
    fn settle(&mut self) -> Result<(), RunError> {
        if let Some(keep) = self.keep_first
            && self.entries.len() > keep.saturating_mul(2).saturating_add(OUT_ROWS)
        {
            self.prune(keep);
        }
        if self.arena.len() + self.entries.len() * size_of::<Entry>() > self.budget {
            self.spill()?;
        }
        Ok(())
    }

    /// Sorts by place; rows of one event (`mvexpand`) keep the order in which they came.
    fn sort(&mut self) {
        self.entries.sort_unstable_by_key(|e| (e.key, e.start));
    }

    /// Drops all but the first `keep` rows.
    fn prune(&mut self, keep: usize) {
        if keep < self.entries.len() {
            self.sort();
            self.entries.truncate(keep);
        }
        let mut arena = Vec::new();
        for e in &mut self.entries {
            let start = arena.len();
            arena.extend_from_slice(&self.arena[e.start..e.start + e.len as usize]);
            e.start = start;
        }
        self.arena = arena;
    }

    fn spill(&mut self) -> Result<(), RunError> {
        if let Some(keep) = self.keep_first {
            self.prune(keep);
        }
        self.sort();
        let io = |e: std::io::Error| {
            RunError::failed("SPL3011", format!("cannot write a temporary file: {e}"))
        };
        let mut file = tempfile::NamedTempFile::new().map_err(io)?;
        {
            let mut out = std::io::BufWriter::with_capacity(1 << 18, file.as_file_mut());
            let mut head = Writer::new();
            for e in &self.entries {
                head.buf.clear();
                head.order(e.key);
                head.uint(u64::from(e.len));
                out.write_all(&(head.buf.len() as u8).to_le_bytes()).map_err(io)?;
                out.write_all(&head.buf).map_err(io)?;
                out.write_all(&self.arena[e.start..e.start + e.len as usize]).map_err(io)?;
            }
            out.flush().map_err(io)?;
        }
        self.spilled_rows += self.entries.len() as u64;
        self.entries.clear();
        self.arena.clear();
        self.runs.push(file);
        Ok(())
    }

    /// The rows as one payload; the store is empty afterwards.
    pub fn payload(&mut self) -> Result<Vec<u8>, RunError> {
        let mut w = Writer::new();
        w.uint(self.names.len() as u64);
        for (n, known) in &self.names {
            w.str(n);
            w.uint(u64::from(known.first.0));
            w.uint(known.first.1);
            w.uint(u64::from(known.first.2));
            w.u8(u8::from(known.filled) | u8::from(known.named) << 1);
        }
        let mut body = Writer::new();
        let mut count = 0u64;
        self.each(|key, row| {
            count += 1;
            body.order(key);
            body.bytes(row);
            Ok(true)
        })?;
        w.uint(count);
        w.buf.extend_from_slice(&body.buf);
        *self = RowStore::new(self.budget, self.keep_first);
        Ok(w.buf)
    }

    /// Takes in the rows of a payload.
    pub fn merge(&mut self, payload: &[u8]) -> Result<(), RunError> {
        let mut r = Reader::new(payload);
        let mut ids = Vec::new();
        for _ in 0..r.len()? {
            let name = r.str()?;
            let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
            let first = (small(r.uint()?), r.uint()?, small(r.uint()?));
            let flags = r.u8()?;
            let known = Known { first, filled: flags & 1 != 0, named: flags & 2 != 0 };
            ids.push(self.know(name, known));
        }
        for _ in 0..r.len()? {
            let key = r.order()?;
            let (head, texts) = halves(r.bytes()?)?;
            let mut head = Reader::new(head);
            let start = self.arena.len();
            let mut new = Writer::new();
            while !head.is_done() {
                let id = head.uint()?;
                new.uint(usize::try_from(id).ok().and_then(|i| ids.get(i)).copied().unwrap_or(id));
                let kind = head.uint()?;
                new.uint(kind);
                if kind == NUMBER {
                    new.f64(head.f64()?);
                }
            }
            let mut w = Writer { buf: std::mem::take(&mut self.arena) };
            w.bytes(&new.buf);
            w.buf.extend_from_slice(texts);
            self.arena = w.buf;
            let len = u32::try_from(self.arena.len() - start)
                .map_err(|_| RunError::failed("SPL3010", "a row is larger than 4 GiB"))?;
            self.entries.push(Entry { key, start, len });
        }
        if self.arena.len() + self.entries.len() * size_of::<Entry>() > self.budget {
            self.spill()?;
        }
        Ok(())
    }

    /// Takes over all rows of another store.
    pub fn absorb(&mut self, mut other: RowStore) -> Result<(), RunError> {
        let mut ids = Vec::with_capacity(other.names.len());
        for (n, known) in &other.names {
            ids.push(self.know(n, *known));
        }
        let same = ids.iter().enumerate().all(|(i, id)| i as u64 == *id);
        // rows without any value take no room in the arena: the entries tell whether there are any
        if same && other.runs.is_empty() && self.entries.is_empty() && self.runs.is_empty() {
            self.arena = std::mem::take(&mut other.arena);
            self.entries = std::mem::take(&mut other.entries);
            return Ok(());
        }
        if same {
            // the numbers mean the same names: whole files can be taken over
            self.spilled_rows += other.spilled_rows;
            self.runs.append(&mut other.runs);
            other.spilled_rows = 0;
        }
        let payload = other.payload()?;
        self.merge(&payload)
    }

    /// Calls `f` with every row in order until it says to stop.
    fn each(
        &mut self,
        mut f: impl FnMut(OrderKey, &[u8]) -> Result<bool, RunError>,
    ) -> Result<(), RunError> {
        self.sort();
        let mut sources: Vec<Source<'_>> = Vec::new();
        for file in &mut self.runs {
            sources.push(Source::file(file.as_file_mut())?);
        }
        sources.push(Source::Memory { entries: self.entries.iter(), arena: &self.arena });
        let mut heap = BinaryHeap::new();
        let mut rows: Vec<Vec<u8>> = vec![Vec::new(); sources.len()];
        for (i, s) in sources.iter_mut().enumerate() {
            if let Some(key) = s.next(&mut rows[i])? {
                heap.push(std::cmp::Reverse((key, i)));
            }
        }
        let mut left = self.keep_first.unwrap_or(usize::MAX);
        while let Some(std::cmp::Reverse((key, i))) = heap.pop() {
            if left == 0 || !f(key, &rows[i])? {
                break;
            }
            left -= 1;
            rows[i].clear();
            if let Some(key) = sources[i].next(&mut rows[i])? {
                heap.push(std::cmp::Reverse((key, i)));
            }
        }
        Ok(())
    }

    /// Gives the rows in event order, in batches without places of their own, until `f` says to
    /// stop. Columns come in the order in which their fields were first seen, or as `order` sorts
    /// their names. With `fill`, every field that some row has is in every row, with that value
    /// where the row has none.
    pub fn drain(
        mut self,
        cx: &RunCx,
        fill: Option<&Value>,
        order: Option<ColumnOrder<'_>>,
        mut f: impl FnMut(Batch) -> Result<bool, RunError>,
    ) -> Result<(), RunError> {
        // a wide result comes in small batches: most of its columns are empty in most rows
        let rows = (OUT_CELLS / self.names.len().max(1)).clamp(64, OUT_ROWS);
        let mut building = Building::new(&self.names, fill, order);
        let mut stopped = false;
        self.each(|key, bytes| {
            building.row(key, bytes)?;
            if building.len == rows {
                cx.check_stop()?;
                stopped = !f(building.take())?;
            }
            Ok(!stopped)
        })?;
        if !stopped && building.len > 0 {
            f(building.take())?;
        }
        Ok(())
    }
}

enum Source<'a> {
    Memory { entries: std::slice::Iter<'a, Entry>, arena: &'a [u8] },
    File { reader: BufReader<&'a mut std::fs::File> },
}

impl<'a> Source<'a> {
    fn file(file: &'a mut std::fs::File) -> Result<Source<'a>, RunError> {
        file.seek(SeekFrom::Start(0)).map_err(read_back)?;
        Ok(Source::File { reader: BufReader::with_capacity(1 << 16, file) })
    }

    fn next(&mut self, row: &mut Vec<u8>) -> Result<Option<OrderKey>, RunError> {
        match self {
            Source::Memory { entries, arena } => Ok(entries.next().map(|e| {
                row.extend_from_slice(&arena[e.start..e.start + e.len as usize]);
                e.key
            })),
            Source::File { reader } => {
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

/// In a row's head: a number follows. Else one more than this is the length of a text.
const NUMBER: u64 = 0;

/// A row's head and its texts.
fn halves(row: &[u8]) -> Result<(&[u8], &[u8]), RunError> {
    let mut r = Reader::new(row);
    let head = r.bytes()?;
    Ok((head, row.get(r.position()..).unwrap_or_default()))
}

/// A row being written. What is not ended is not kept.
pub struct RowWriter<'a> {
    store: &'a mut RowStore,
    key: OrderKey,
}

impl RowWriter<'_> {
    /// A value of the field with this number; null writes nothing. A field written again becomes a
    /// multivalue.
    #[inline]
    pub fn value(&mut self, field: u64, v: &Value) {
        match v {
            Value::Null => {}
            Value::Text(s) => self.text(field, s),
            Value::Num(n) => {
                self.store.head.uint(field);
                self.store.head.uint(NUMBER);
                self.store.head.f64(*n);
            }
            Value::Mv(ms) => ms.iter().for_each(|m| self.value(field, m)),
        }
    }

    /// As [`value`](Self::value), for a text.
    #[inline]
    pub fn text(&mut self, field: u64, text: &str) {
        let store = &mut *self.store;
        store.head.uint(field);
        store.head.uint(text.len() as u64 + 1);
        store.texts.extend_from_slice(text.as_bytes());
    }

    /// The number of a field, see [`RowStore::field`].
    pub fn field(&mut self, name: &str, first: FirstSeen) -> u64 {
        self.store.field(name, first)
    }

    /// Keeps the row.
    pub fn end(self) -> Result<(), RunError> {
        let RowWriter { store, key } = self;
        let start = store.arena.len();
        let mut w = Writer { buf: std::mem::take(&mut store.arena) };
        w.bytes(&store.head.buf);
        w.buf.extend_from_slice(&store.texts);
        store.arena = w.buf;
        let len = u32::try_from(store.arena.len() - start)
            .map_err(|_| RunError::failed("SPL3010", "a row is larger than 4 GiB"))?;
        store.entries.push(Entry { key, start, len });
        store.settle()
    }
}

/// Columns being filled row by row; a column that no row of the batch has stays unmade.
struct Building {
    names: Vec<FieldName>,
    /// The place of each field among the columns.
    places: Vec<u32>,
    cols: Vec<Vec<Value>>,
    touched: Vec<usize>,
    len: usize,
    /// Further values of fields of the current row.
    more: Vec<(usize, Value)>,
    /// What stands where a row has no value.
    absent: Value,
    fills: bool,
    /// Fields that stand in every batch: those named by a command that no row has, and with a fill
    /// all that some row has.
    always: Vec<usize>,
    /// Whether no row has the field.
    empty: Vec<bool>,
}

impl Building {
    fn new(
        known: &IndexMap<FieldName, Known, foldhash::fast::FixedState>,
        fill: Option<&Value>,
        by: Option<ColumnOrder<'_>>,
    ) -> Self {
        let mut order: Vec<usize> = (0..known.len()).collect();
        let name = |i: usize| known.get_index(i).map_or("", |(n, _)| n);
        match by {
            Some(by) => order.sort_by(|&a, &b| by(name(a), name(b))),
            None => order.sort_by_key(|&i| known.get_index(i).map(|(_, k)| k.first)),
        }
        let mut places = vec![0; known.len()];
        for (place, &i) in order.iter().enumerate() {
            places[i] = place as u32;
        }
        Building {
            names: known.keys().cloned().collect(),
            places,
            cols: known.iter().map(|_| Vec::new()).collect(),
            touched: Vec::new(),
            len: 0,
            more: Vec::new(),
            absent: fill.cloned().unwrap_or_default(),
            fills: fill.is_some(),
            always: order
                .into_iter()
                .filter(|i| {
                    known.get_index(*i).is_some_and(|(_, k)| match k.filled {
                        true => fill.is_some(),
                        false => k.named,
                    })
                })
                .collect(),
            empty: known.values().map(|k| !k.filled).collect(),
        }
    }

    fn row(&mut self, _: OrderKey, bytes: &[u8]) -> Result<(), RunError> {
        let (head, texts) = halves(bytes)?;
        let mut r = Reader::new(head);
        let damaged = || RunError::failed("SPL3019", "a stored row does not read back");
        let mut texts = std::str::from_utf8(texts).map_err(|_| damaged())?;
        while !r.is_done() {
            let id = r.uint()? as usize;
            let value = match r.uint()? {
                NUMBER => Value::Num(r.f64()?),
                n => {
                    let len = usize::try_from(n - 1).unwrap_or(usize::MAX);
                    let (text, rest) = texts.split_at_checked(len).ok_or_else(damaged)?;
                    texts = rest;
                    Value::from(text)
                }
            };
            let Some(col) = self.cols.get_mut(id) else { continue };
            if col.len() > self.len {
                self.more.push((id, value));
                continue;
            }
            if col.is_empty() {
                self.touched.push(id);
            }
            col.resize(self.len, self.absent.clone());
            col.push(value);
        }
        if !self.more.is_empty() {
            self.join();
        }
        self.len += 1;
        Ok(())
    }

    /// Makes multivalues of the fields of the current row that came more than once.
    fn join(&mut self) {
        let mut more = std::mem::take(&mut self.more);
        more.sort_by_key(|(id, _)| *id);
        for values in more.chunk_by_mut(|a, b| a.0 == b.0) {
            let id = values[0].0;
            if let Some(cell) = self.cols[id].get_mut(self.len) {
                let first = std::iter::once(std::mem::take(cell));
                let rest = values.iter_mut().map(|(_, v)| std::mem::take(v));
                *cell = Value::from_members(first.chain(rest));
            }
        }
        more.clear();
        self.more = more;
    }

    fn take(&mut self) -> Batch {
        let mut batch = Batch::with_len(self.len);
        if self.fills {
            self.touched.clear();
        }
        self.touched.extend_from_slice(&self.always);
        self.touched.sort_unstable_by_key(|&id| self.places[id]);
        batch.cols.reserve(self.touched.len());
        for &id in &self.touched {
            let mut col = std::mem::take(&mut self.cols[id]);
            let col = match self.empty[id] {
                true => Col::Const(Value::Null),
                false if col.is_empty() => Col::Const(self.absent.clone()),
                false => {
                    col.resize(self.len, self.absent.clone());
                    Col::Values(col)
                }
            };
            batch.cols.insert(self.names[id].clone(), col);
        }
        self.touched.clear();
        self.len = 0;
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::FixedHost;
    use std::sync::Arc;

    fn filled(budget: usize, keep: Option<usize>) -> RowStore {
        let mut store = RowStore::new(budget, keep);
        for part in 0..10u64 {
            let mut b = Batch::with_len(100);
            b.order = (0..100)
                .map(|i| OrderKey {
                    time: ((part * 37 + i * 101) % 1000) as i64,
                    unit: 0,
                    row: part * 100 + i,
                })
                .collect();
            b.set("n", Col::Values(b.order.iter().map(|k| Value::Num(k.time as f64)).collect()));
            if part == 3 {
                b.set("rare", Col::Const("x".into()));
            }
            store.push(&b).unwrap();
        }
        store
    }

    fn times(store: RowStore) -> Vec<f64> {
        let cx = RunCx::new(Arc::new(FixedHost::default()));
        let mut out = Vec::new();
        store
            .drain(&cx, None, None, |b| {
                out.extend((0..b.len).map(|r| b.get("n", r).number().unwrap()));
                Ok(true)
            })
            .unwrap();
        out
    }

    #[test]
    fn rows_come_back_newest_first_also_from_spill_files_and_payloads() {
        let whole = times(filled(usize::MAX, None));
        assert_eq!(whole.len(), 1000);
        assert!(whole.is_sorted_by(|a, b| a >= b));
        let small = filled(2000, None);
        assert!(small.runs.len() > 3);
        assert_eq!(times(small), whole);
        let mut other = RowStore::new(2000, None);
        other.merge(&filled(2000, None).payload().unwrap()).unwrap();
        assert_eq!(times(other), whole);
    }

    #[test]
    fn rows_without_any_value_are_rows() {
        let cx = RunCx::new(Arc::new(FixedHost::default()));
        let mut all = RowStore::new(usize::MAX, None);
        for unit in 0..3 {
            let mut b = Batch::with_len(2);
            b.order = (0..2).map(|row| OrderKey { time: 0, unit, row }).collect();
            let mut store = RowStore::new(usize::MAX, None);
            store.push(&b).unwrap();
            all.absorb(store).unwrap();
        }
        let mut rows = 0;
        all.drain(&cx, None, None, |b| {
            rows += b.len;
            Ok(true)
        })
        .unwrap();
        assert_eq!(rows, 6);
    }

    #[test]
    fn only_the_first_rows_are_kept_where_only_they_matter() {
        let whole = times(filled(usize::MAX, None));
        for budget in [500, usize::MAX] {
            assert_eq!(times(filled(budget, Some(7))), whole[..7]);
        }
    }
}
