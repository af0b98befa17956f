//! Rows that wait until all of them were seen.

use crate::rows::RowStore;
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexSet;
use sepal_data::batch::Columns;
use sepal_data::{Batch, Col, FieldName, OrderKey, Value};

/// Bytes of waiting rows before they go to a temporary file.
const MEMORY: usize = 256 << 20;

/// Up to this many columns keep their place also where no row has a value.
const NARROW: usize = 512;

/// The rows of an ordered command that needs to see all of them before the first goes on; above
/// 256 MiB they wait in temporary files.
pub(crate) struct Held {
    rows: RowStore,
    names: IndexSet<FieldName>,
    seq: u64,
}

impl Held {
    pub fn new() -> Held {
        Held { rows: RowStore::new(MEMORY, None), names: IndexSet::new(), seq: 0 }
    }

    /// Takes in the rows that come next.
    pub fn push(&mut self, mut batch: Batch) -> Result<(), RunError> {
        for name in batch.cols.keys() {
            if !self.names.contains(name) {
                self.names.insert(name.clone());
            }
        }
        batch.order = (0..batch.len as u64)
            .map(|i| OrderKey { time: 0, unit: 0, row: self.seq + i })
            .collect();
        self.seq += batch.len as u64;
        self.rows.push(&batch)
    }

    /// How many rows wait.
    pub fn len(&self) -> u64 {
        self.seq
    }

    /// The columns in the order in which they were first seen.
    pub fn names(&self) -> &IndexSet<FieldName> {
        &self.names
    }

    /// Gives the rows in order, with their columns in order, until `f` says to stop.
    pub fn drain(
        self,
        cx: &RunCx,
        mut f: impl FnMut(Batch) -> Result<bool, RunError>,
    ) -> Result<(), RunError> {
        let names = self.names;
        self.rows.drain(cx, |mut batch| {
            if names.len() <= NARROW {
                let mut cols = Columns::default();
                for name in &names {
                    let col = batch.cols.swap_remove(name).unwrap_or(Col::Const(Value::Null));
                    cols.insert(name.clone(), col);
                }
                batch.cols = cols;
            }
            f(batch)
        })
    }
}
