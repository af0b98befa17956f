use super::read::{halves, new_id};
use super::{ColumnOrder, Known, NUMBER};
use crate::run_cx::RunError;
use indexmap::IndexMap;
use sepal_data::batch::Columns;
use sepal_data::codec::Reader;
use sepal_data::{Batch, Col, FieldName, Value};

/// Columns being filled row by row; a column that no row of the batch has stays unmade.
pub(super) struct Building {
    names: Vec<FieldName>,
    /// The place of each field among the columns.
    places: Vec<u32>,
    cols: Vec<Vec<Value>>,
    touched: Vec<usize>,
    /// How many rows there are.
    pub len: usize,
    /// Further values of fields of the current row.
    more: Vec<(usize, Value)>,
    /// What stands where a row has no value.
    absent: Value,
    /// The columns that stand in every batch, in their places: those named by a command that no row
    /// has, and with a fill all that some row has.
    always: Columns,
    /// Whether the places count the columns of `always`, which are all there are.
    fills: bool,
}

impl Building {
    pub fn new(
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
        let absent = fill.cloned().unwrap_or_default();
        let mut places = vec![0; known.len()];
        let mut always = Columns::default();
        let mut place = 0;
        for &i in &order {
            let Some((name, field)) = known.get_index(i) else { continue };
            let stays = if field.filled { fill.is_some() } else { field.named };
            if stays {
                let value = if field.filled { absent.clone() } else { Value::Null };
                always.insert(name.clone(), Col::Const(value));
            }
            places[i] = place;
            place += u32::from(stays || fill.is_none());
        }
        Building {
            names: known.keys().cloned().collect(),
            places,
            cols: known.iter().map(|_| Vec::new()).collect(),
            touched: Vec::new(),
            len: 0,
            more: Vec::new(),
            absent,
            fills: fill.is_some(),
            always,
        }
    }

    /// Adds an encoded row; `ids` are the numbers of its fields where they are not the store's.
    pub fn row(&mut self, bytes: &[u8], ids: Option<&[u64]>) -> Result<(), RunError> {
        let (head, texts) = halves(bytes)?;
        let mut r = Reader::new(head);
        let damaged = || RunError::failed("SPL3019", "a stored row does not read back");
        let mut texts = std::str::from_utf8(texts).map_err(|_| damaged())?;
        while !r.is_done() {
            let id = r.uint()?;
            let id = ids.map_or(id, |ids| new_id(id, ids)) as usize;
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

    /// The rows so far as a batch.
    pub fn take(&mut self) -> Batch {
        let mut batch = Batch::with_len(self.len);
        if self.fills {
            // a wide result: the map of its columns is copied rather than made anew
            batch.cols = self.always.clone();
            for id in self.touched.drain(..) {
                let mut col = std::mem::take(&mut self.cols[id]);
                col.resize(self.len, self.absent.clone());
                if let Some((_, at)) = batch.cols.get_index_mut(self.places[id] as usize) {
                    *at = Col::Values(col);
                }
            }
        } else {
            let named = self.always.keys().filter_map(|n| self.names.iter().position(|m| m == n));
            self.touched.extend(named);
            self.touched.sort_unstable_by_key(|&id| self.places[id]);
            batch.cols.reserve(self.touched.len());
            for id in self.touched.drain(..) {
                let mut col = std::mem::take(&mut self.cols[id]);
                let col = match self.always.get(&self.names[id]) {
                    Some(empty) => empty.clone(),
                    None => {
                        col.resize(self.len, Value::Null);
                        Col::Values(col)
                    }
                };
                batch.cols.insert(self.names[id].clone(), col);
            }
        }
        self.len = 0;
        batch
    }
}
