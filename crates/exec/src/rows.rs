//! The rows that wait for the tail of the pipeline, in event order, within a memory budget.

mod building;
mod read;

use self::building::Building;
use self::read::{Ids, Part, Run, Source, new_id, renumber};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::codec::{Reader, Writer};
use sepal_data::{Batch, OrderKey, Value};
use sepal_data::{Col, FieldName};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::io::Write;

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
    runs: Vec<Run>,
    /// Rows taken over from other stores.
    parts: Vec<Part>,
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
            parts: Vec::new(),
            spilled_rows: 0,
        }
    }

    /// How many rows are held.
    pub fn len(&self) -> u64 {
        let parts: usize = self.parts.iter().map(|p| p.entries.len()).sum();
        (self.entries.len() + parts) as u64 + self.spilled_rows
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
        let bytes = |s: &Self| s.arena.len() + s.entries.len() * size_of::<Entry>();
        if bytes(self) > self.budget {
            // mostly that is enough where only the first rows are kept
            if let Some(keep) = self.keep_first {
                self.prune(keep);
            }
            if bytes(self) > self.budget / 2 {
                self.spill()?;
            }
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
        self.runs.push(Run { file, ids: None });
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
        let mut own = Vec::new();
        self.each(|key, row, ids| {
            count += 1;
            body.order(key);
            match ids {
                None => body.bytes(row),
                Some(ids) => {
                    own.clear();
                    renumber(row, ids, &mut own)?;
                    body.bytes(&own);
                }
            }
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
            let start = self.arena.len();
            renumber(r.bytes()?, &ids, &mut self.arena)?;
            let len = u32::try_from(self.arena.len() - start)
                .map_err(|_| RunError::failed("SPL3010", "a row is larger than 4 GiB"))?;
            self.entries.push(Entry { key, start, len });
        }
        if self.arena.len() + self.entries.len() * size_of::<Entry>() > self.budget {
            self.spill()?;
        }
        Ok(())
    }

    /// Takes over all rows of another store, without copying them.
    pub fn absorb(&mut self, mut other: RowStore) {
        let ids: Vec<u64> = other.names.iter().map(|(n, known)| self.know(n, *known)).collect();
        let same = ids.iter().enumerate().all(|(i, id)| i as u64 == *id);
        let renumbered = |old: Option<Ids>| match (old, same) {
            (old, true) => old,
            (None, false) => Some(ids.as_slice().into()),
            (Some(old), false) => Some(old.iter().map(|id| new_id(*id, &ids)).collect()),
        };
        for run in other.runs.drain(..) {
            self.runs.push(Run { file: run.file, ids: renumbered(run.ids) });
        }
        for part in other.parts.drain(..) {
            self.parts.push(Part { ids: renumbered(part.ids), ..part });
        }
        if !other.entries.is_empty() {
            other.sort();
            self.parts.push(Part {
                arena: std::mem::take(&mut other.arena),
                entries: std::mem::take(&mut other.entries),
                ids: renumbered(None),
            });
        }
        self.spilled_rows += other.spilled_rows;
    }

    /// Calls `f` with every row in order until it says to stop, and with the numbers of its fields
    /// where they are not this store's.
    fn each(
        &mut self,
        mut f: impl FnMut(OrderKey, &[u8], Option<&[u64]>) -> Result<bool, RunError>,
    ) -> Result<(), RunError> {
        self.sort();
        let mut sources: Vec<(Source<'_>, Option<&[u64]>)> = Vec::new();
        for run in &mut self.runs {
            sources.push((Source::file(run.file.as_file_mut())?, run.ids.as_deref()));
        }
        for part in &self.parts {
            sources.push((Source::memory(&part.entries, &part.arena), part.ids.as_deref()));
        }
        sources.push((Source::memory(&self.entries, &self.arena), None));
        let mut heap = BinaryHeap::new();
        for (i, (s, _)) in sources.iter_mut().enumerate() {
            if let Some(key) = s.next()? {
                heap.push(std::cmp::Reverse((key, i)));
            }
        }
        let mut left = self.keep_first.unwrap_or(usize::MAX);
        while let Some(std::cmp::Reverse((key, i))) = heap.pop() {
            let (source, ids) = &mut sources[i];
            if left == 0 || !f(key, source.row(), *ids)? {
                break;
            }
            left -= 1;
            if let Some(key) = source.next()? {
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
        let rows = (OUT_CELLS / self.names.len().max(1)).clamp(256, OUT_ROWS);
        let mut building = Building::new(&self.names, fill, order);
        let mut stopped = false;
        self.each(|_, bytes, ids| {
            building.row(bytes, ids)?;
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

/// In a row's head: a number follows. Else one more than this is the length of a text.
const NUMBER: u64 = 0;

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
            all.absorb(store);
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
