//! Rows that wait until all of them were seen.

use super::Give;
use crate::rows::RowStore;
use crate::run_cx::{RunCx, RunError};
use sepal_data::{Batch, OrderKey, Value};

/// The rows of an ordered command that needs to see all of them before the first goes on; above
/// the run's memory option they wait in temporary files.
#[derive(Default)]
pub(crate) struct Held {
    rows: Option<RowStore>,
    seq: u64,
}

impl Held {
    pub fn new() -> Held {
        Held::default()
    }

    /// Takes in the rows that come next.
    pub fn push(&mut self, mut batch: Batch, cx: &RunCx) -> Result<(), RunError> {
        batch.order = OrderKey::following(self.seq, batch.len);
        self.seq += batch.len as u64;
        self.rows.get_or_insert_with(|| RowStore::new(cx.memory(), None)).push(&batch)
    }

    /// Gives the rows in order until `f` says to stop, and forgets them. With `fill`, every field
    /// that some row has is in every row, with that value where the row has none.
    pub fn drain(
        &mut self,
        cx: &RunCx,
        fill: Option<&Value>,
        give: &mut Give<'_>,
    ) -> Result<(), RunError> {
        match self.rows.take() {
            Some(rows) => rows.drain(cx, fill, None, give),
            None => Ok(()),
        }
    }
}
