//! Rows in columns.

use crate::value::{NULL, Value};
use foldhash::fast::FixedState;
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::cmp::Ordering;

/// A field's name.
pub type FieldName = SmolStr;

/// The columns of a batch in the order in which the fields appeared.
pub type Columns = IndexMap<FieldName, Col, FixedState>;

/// Where a row stands in event order: the newest first, then the order of the input.
///
/// Every state that depends on order carries it, so that any number of threads gives the same
/// answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct OrderKey {
    /// Microseconds since the epoch; [`OrderKey::NO_TIME`] where the time is unknown: such
    /// rows come last.
    pub time: i64,
    /// The input, in the order in which the user named them.
    pub unit: u32,
    /// The row's position within the unit.
    pub row: u64,
}

impl OrderKey {
    /// The time of a row that has none.
    pub const NO_TIME: i64 = i64::MIN;

    /// The places of `len` rows that are in order already, numbered from `from` on.
    pub fn following(from: u64, len: usize) -> Vec<OrderKey> {
        (from..).take(len).map(|row| OrderKey { time: 0, unit: 0, row }).collect()
    }
}

impl Ord for OrderKey {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.time, self.unit, self.row).cmp(&(self.time, other.unit, other.row))
    }
}
impl PartialOrd for OrderKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The values of one field in the rows of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Col {
    /// The same value in every row.
    Const(Value),
    /// A value for each row.
    Values(Vec<Value>),
}

impl Col {
    /// The value in `row`; null past the end.
    pub fn get(&self, row: usize) -> &Value {
        match self {
            Col::Const(v) => v,
            Col::Values(vs) => vs.get(row).unwrap_or(&NULL),
        }
    }

    /// The values as a vector of `len`, made from the constant where it is one.
    pub fn values_mut(&mut self, len: usize) -> &mut Vec<Value> {
        if let Col::Const(v) = self {
            let v = std::mem::take(v);
            *self = Col::Values(vec![v; len]);
        }
        match self {
            Col::Values(vs) => {
                vs.resize(len, Value::Null);
                vs
            }
            // just replaced
            Col::Const(_) => unreachable!("a constant column was turned into values"),
        }
    }

    /// Whether no row has a value.
    pub fn is_all_null(&self) -> bool {
        match self {
            Col::Const(v) => v.is_null(),
            Col::Values(vs) => vs.iter().all(Value::is_null),
        }
    }
}

/// Rows in columns: what streams between commands.
///
/// A field that no row of the batch has may be absent from `cols`; a field of the result that is
/// null everywhere may be present. Operators look a column up by name once a batch, then by row.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// How many rows.
    pub len: usize,
    /// The columns, in the order in which results show them.
    pub cols: Columns,
    /// Each row's place in event order; empty once the rows themselves are in order.
    pub order: Vec<OrderKey>,
}

impl Batch {
    /// `len` rows without fields.
    pub fn with_len(len: usize) -> Self {
        Batch { len, ..Self::default() }
    }

    /// The column of that name.
    pub fn col(&self, name: &str) -> Option<&Col> {
        self.cols.get(name)
    }

    /// The value of a field in a row; null where there is none.
    pub fn get(&self, name: &str, row: usize) -> &Value {
        self.cols.get(name).map_or(&NULL, |c| c.get(row))
    }

    /// Sets a column, in its old place or at the end.
    pub fn set(&mut self, name: impl Into<FieldName>, col: Col) {
        self.cols.insert(name.into(), col);
    }

    /// The values of a column for writing; made of nulls where there was none.
    pub fn values_mut(&mut self, name: &str) -> &mut Vec<Value> {
        let len = self.len;
        if !self.cols.contains_key(name) {
            self.cols.insert(name.into(), Col::Values(vec![Value::Null; len]));
        }
        match self.cols.get_mut(name) {
            Some(col) => col.values_mut(len),
            None => unreachable!("the column was just inserted"),
        }
    }

    /// Removes a column, keeping the order of the others.
    pub fn remove(&mut self, name: &str) -> Option<Col> {
        self.cols.shift_remove(name)
    }

    /// Keeps the rows for which `keep` is true. `keep` has a place for each row.
    pub fn retain(&mut self, keep: &[bool]) {
        let kept = keep.iter().filter(|k| **k).count();
        if kept == self.len {
            return;
        }
        for col in self.cols.values_mut() {
            if let Col::Values(vs) = col {
                vs.resize(self.len, Value::Null);
                let mut i = 0;
                vs.retain(|_| {
                    i += 1;
                    keep[i - 1]
                });
            }
        }
        if !self.order.is_empty() {
            let mut i = 0;
            self.order.retain(|_| {
                i += 1;
                keep[i - 1]
            });
        }
        self.len = kept;
    }

    /// The rows at `rows`, in that order; a row may be named twice.
    pub fn take(&self, rows: &[usize]) -> Batch {
        let cols = self
            .cols
            .iter()
            .map(|(name, col)| {
                let col = match col {
                    Col::Const(v) => Col::Const(v.clone()),
                    Col::Values(_) => {
                        Col::Values(rows.iter().map(|&r| col.get(r).clone()).collect())
                    }
                };
                (name.clone(), col)
            })
            .collect();
        let order = if self.order.is_empty() {
            Vec::new()
        } else {
            rows.iter().map(|&r| self.order[r]).collect()
        };
        Batch { len: rows.len(), cols, order }
    }

    /// Puts the rows of `other` after these. Columns new here come after the others.
    pub fn append(&mut self, mut other: Batch) {
        let (old, len) = (self.len, self.len + other.len);
        for (name, col) in &mut self.cols {
            let more = other.cols.shift_remove(name).unwrap_or(Col::Const(Value::Null));
            if old == 0 {
                *col = more;
                continue;
            }
            if matches!((&*col, &more), (Col::Const(a), Col::Const(b)) if a == b) {
                continue;
            }
            let values = col.values_mut(old);
            match more {
                Col::Const(v) => values.resize(len, v),
                Col::Values(vs) => values.extend(vs),
            }
            values.resize(len, Value::Null);
        }
        for (name, col) in other.cols {
            let col = match col {
                col if old == 0 || col == Col::Const(Value::Null) => col,
                Col::Const(v) => {
                    let mut values = vec![Value::Null; old];
                    values.resize(len, v);
                    Col::Values(values)
                }
                Col::Values(vs) => {
                    let mut values = vec![Value::Null; old];
                    values.extend(vs);
                    values.resize(len, Value::Null);
                    Col::Values(values)
                }
            };
            self.cols.insert(name, col);
        }
        self.len = len;
        self.order.extend(other.order);
    }

    /// One row as (name, value) pairs, nulls left out.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (&FieldName, &Value)> {
        self.cols.iter().map(move |(n, c)| (n, c.get(row))).filter(|(_, v)| !v.is_null())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(cols: &[(&str, &[&str])]) -> Batch {
        let mut b = Batch::with_len(cols[0].1.len());
        for (name, vs) in cols {
            b.set(*name, Col::Values(vs.iter().map(|v| Value::from(*v)).collect()));
        }
        b
    }

    #[test]
    fn newest_first_then_input_order_then_rows_without_time() {
        let key = |time, unit, row| OrderKey { time, unit, row };
        let mut keys =
            [key(OrderKey::NO_TIME, 0, 0), key(1, 0, 0), key(2, 1, 5), key(2, 0, 9), key(2, 1, 4)];
        keys.sort();
        assert_eq!(
            keys.map(|k| (k.time, k.unit, k.row)),
            [(2, 0, 9), (2, 1, 4), (2, 1, 5), (1, 0, 0), (OrderKey::NO_TIME, 0, 0)]
        );
    }

    #[test]
    fn append_joins_columns_and_constants() {
        let mut a = batch(&[("x", &["1", "2"])]);
        a.set("c", Col::Const("k".into()));
        a.set("only", Col::Const("o".into()));
        let mut b = batch(&[("y", &["3"])]);
        b.set("c", Col::Const("k".into()));
        a.append(b);
        assert_eq!(a.len, 3);
        let cell = |f: &str, r| a.get(f, r).text().into_owned();
        assert_eq!(
            (cell("c", 2).as_str(), cell("x", 1).as_str(), cell("y", 2).as_str()),
            ("k", "2", "3")
        );
        assert_eq!((a.get("only", 1).is_null(), a.get("only", 2).is_null()), (false, true));
        assert!(a.get("x", 2).is_null() && a.get("y", 0).is_null());
    }

    #[test]
    fn retain_and_take_move_every_column() {
        let mut a = batch(&[("x", &["1", "2", "3"]), ("y", &["a", "b", "c"])]);
        assert_eq!(a.take(&[2, 0, 0]).get("y", 0).text(), "c");
        a.retain(&[false, true, true]);
        assert_eq!((a.len, a.get("y", 0).text().as_ref()), (2, "b"));
    }
}
