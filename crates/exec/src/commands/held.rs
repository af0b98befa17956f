//! Rows that wait until all of them were seen.

use crate::rows::RowStore;
use crate::run_cx::{RunCx, RunError};
use sepal_data::{Batch, OrderKey};

/// Bytes of waiting rows before they go to a temporary file.
const MEMORY: usize = 256 << 20;

/// The rows of an ordered command that needs to see all of them before the first goes on; above
/// 256 MiB they wait in temporary files.
pub(crate) struct Held {
    rows: RowStore,
    seq: u64,
}

impl Held {
    pub fn new() -> Held {
        Held { rows: RowStore::new(MEMORY, None), seq: 0 }
    }

    /// Takes in the rows that come next.
    pub fn push(&mut self, mut batch: Batch) -> Result<(), RunError> {
        batch.order = (0..batch.len as u64)
            .map(|i| OrderKey { time: 0, unit: 0, row: self.seq + i })
            .collect();
        self.seq += batch.len as u64;
        self.rows.push(&batch)
    }

    /// Gives the rows in order until `f` says to stop.
    pub fn drain(
        self,
        cx: &RunCx,
        f: impl FnMut(Batch) -> Result<bool, RunError>,
    ) -> Result<(), RunError> {
        self.rows.drain(cx, None, None, f)
    }
}
