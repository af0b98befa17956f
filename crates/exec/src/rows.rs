//! The rows that wait for the tail of the pipeline, in event order, within a memory budget.

use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{Reader, Writer};
use sepal_data::{Batch, OrderKey, Value};
use sepal_data::{Col, FieldName};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};

/// Rows per batch that leaves the store.
const OUT_ROWS: usize = 1024;

/// One encoded row: its place, and where its bytes stand in the arena.
struct Entry {
    key: OrderKey,
    start: usize,
    len: u32,
}

/// Says which of two columns comes first.
pub type ColumnOrder<'a> = &'a dyn Fn(&FieldName, &FieldName) -> Ordering;

/// Collects rows in any order and gives them back in event order.
///
/// Rows are kept encoded, one after another, nulls left out: what a wide and sparse result costs
/// is what its values cost. Above the budget, sorted runs go to temporary files.
pub struct RowStore {
    names: indexmap::IndexSet<FieldName, foldhash::fast::FixedState>,
    arena: Vec<u8>,
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
            names: indexmap::IndexSet::default(),
            arena: Vec::new(),
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

    /// Takes rows in; each must have its place in `batch.order`.
    pub fn push(&mut self, batch: &Batch) -> Result<(), RunError> {
        let ids: Vec<u64> = batch
            .cols
            .keys()
            .map(|n| match self.names.get_index_of(n) {
                Some(i) => i as u64,
                None => self.names.insert_full(n.clone()).0 as u64,
            })
            .collect();
        for row in 0..batch.len {
            let key = batch.order.get(row).copied().unwrap_or_default();
            let start = self.arena.len();
            let mut w = Writer { buf: std::mem::take(&mut self.arena) };
            for (id, col) in ids.iter().zip(batch.cols.values()) {
                let v = col.get(row);
                if !v.is_null() {
                    w.uint(*id);
                    w.value(v);
                }
            }
            self.arena = w.buf;
            let len = u32::try_from(self.arena.len() - start)
                .map_err(|_| RunError::failed("SPL3010", "a row is larger than 4 GiB"))?;
            self.entries.push(Entry { key, start, len });
        }
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

    /// Drops all but the first `keep` rows.
    fn prune(&mut self, keep: usize) {
        if keep < self.entries.len() {
            self.entries.sort_unstable_by_key(|e| e.key);
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
        self.entries.sort_unstable_by_key(|e| e.key);
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
        for n in &self.names {
            w.str(n);
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
            ids.push(self.names.insert_full(FieldName::new(r.str()?)).0 as u64);
        }
        for _ in 0..r.len()? {
            let key = r.order()?;
            let mut row = Reader::new(r.bytes()?);
            let start = self.arena.len();
            let mut w = Writer { buf: std::mem::take(&mut self.arena) };
            while !row.is_done() {
                let id = row.uint()?;
                w.uint(usize::try_from(id).ok().and_then(|i| ids.get(i)).copied().unwrap_or(id));
                w.value(&row.value()?);
            }
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
        for n in &other.names {
            ids.push(self.names.insert_full(n.clone()).0 as u64);
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
        self.entries.sort_unstable_by_key(|e| e.key);
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
    /// stop. Columns come in the order in which their fields were first seen.
    pub fn drain(
        self,
        cx: &RunCx,
        f: impl FnMut(Batch) -> Result<bool, RunError>,
    ) -> Result<(), RunError> {
        self.drain_by(cx, None, f)
    }

    /// As [`RowStore::drain`], with columns in the order that `order` makes of their names. Which
    /// field is seen first depends on how events were shared out where not all rows have the same
    /// fields.
    pub fn drain_by(
        mut self,
        cx: &RunCx,
        order: Option<ColumnOrder<'_>>,
        mut f: impl FnMut(Batch) -> Result<bool, RunError>,
    ) -> Result<(), RunError> {
        let names: Vec<FieldName> = self.names.iter().cloned().collect();
        let mut rank: Vec<usize> = (0..names.len()).collect();
        if let Some(order) = order {
            let mut sorted = rank.clone();
            sorted.sort_by(|a, b| order(&names[*a], &names[*b]));
            sorted.iter().enumerate().for_each(|(at, id)| rank[*id] = at);
        }
        // a wide result comes in small batches: most of its columns are empty in most rows
        let rows = if names.len() > 512 { 128 } else { OUT_ROWS };
        let mut building = Building::new(names.len());
        let mut stopped = false;
        self.each(|key, bytes| {
            building.row(key, bytes)?;
            if building.len == rows {
                cx.check_stop()?;
                stopped = !f(building.take(&names, &rank))?;
            }
            Ok(!stopped)
        })?;
        if !stopped && building.len > 0 {
            f(building.take(&names, &rank))?;
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

/// Columns being filled row by row; a column that no row of the batch has stays unmade.
struct Building {
    cols: Vec<Vec<Value>>,
    touched: Vec<usize>,
    len: usize,
}

impl Building {
    fn new(names: usize) -> Self {
        Building { cols: vec![Vec::new(); names], touched: Vec::new(), len: 0 }
    }

    fn row(&mut self, _: OrderKey, bytes: &[u8]) -> Result<(), RunError> {
        let mut r = Reader::new(bytes);
        while !r.is_done() {
            let id = r.uint()? as usize;
            let value = r.value()?;
            let Some(col) = self.cols.get_mut(id) else { continue };
            if col.is_empty() {
                self.touched.push(id);
            }
            col.resize(self.len, Value::Null);
            col.push(value);
        }
        self.len += 1;
        Ok(())
    }

    fn take(&mut self, names: &[FieldName], rank: &[usize]) -> Batch {
        let mut batch = Batch::with_len(self.len);
        self.touched.sort_unstable_by_key(|id| rank.get(*id).copied());
        for id in self.touched.drain(..) {
            let mut col = std::mem::take(&mut self.cols[id]);
            col.resize(self.len, Value::Null);
            batch.cols.insert(names[id].clone(), Col::Values(col));
        }
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
            .drain(&cx, |b| {
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
        all.drain(&cx, |b| {
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
