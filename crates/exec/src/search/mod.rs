//! The language of `search`, compiled: what the scan evaluates on raw bytes and the `search`
//! command on rows.

mod cidr;
mod compile;
mod implied;
mod probe;
mod term;
mod test;

pub use cidr::Cidr;
pub use compile::{Pred, SearchProgram};
pub(crate) use implied::implied;
pub use probe::probe;
pub use term::TermMatcher;
pub(crate) use term::is_major_breaker;
pub use test::{Test, Texts};

use crate::run_cx::RunCx;
use sepal_data::Batch;
use sepal_data::wildcard::Pattern;
use std::borrow::Cow;

/// A row that a compiled search looks at: bytes being scanned, or a row of a batch.
pub trait RowSource {
    /// Whether some value of field number `slot` passes. A missing field has no values.
    fn any(&self, slot: u32, test: impl FnMut(&str) -> bool) -> bool;
    /// Whether some value of some field whose name matches passes.
    fn any_named(&self, name: &Pattern, test: impl FnMut(&str) -> bool) -> bool;
    /// The text of the event, where the row still has it.
    fn raw(&self) -> Option<Cow<'_, str>>;
    /// The truth of the program's eval expression number `index`.
    fn expression(&self, index: usize) -> bool;
}

/// A row of a batch, with the program's columns looked up.
pub struct BatchRow<'a> {
    program: &'a SearchProgram,
    batch: &'a Batch,
    cols: &'a [Option<&'a sepal_data::Col>],
    row: usize,
    cx: &'a RunCx,
}

impl RowSource for BatchRow<'_> {
    fn any(&self, slot: u32, mut test: impl FnMut(&str) -> bool) -> bool {
        match self.cols.get(slot as usize) {
            Some(Some(col)) => col.get(self.row).members().iter().any(|v| test(&v.text())),
            _ => false,
        }
    }

    fn any_named(&self, name: &Pattern, mut test: impl FnMut(&str) -> bool) -> bool {
        self.batch.cols.iter().any(|(n, col)| {
            name.is_match(n) && col.get(self.row).members().iter().any(|v| test(&v.text()))
        })
    }

    fn raw(&self) -> Option<Cow<'_, str>> {
        let v = self.batch.get("_raw", self.row);
        if v.is_null() { None } else { Some(v.text()) }
    }

    fn expression(&self, index: usize) -> bool {
        let Some(p) = self.program.expressions.get(index) else { return false };
        p.eval(&p.bind(self.batch), self.row, self.cx).is_true()
    }
}

impl SearchProgram {
    /// For each row of a batch, whether it matches.
    pub fn mask(&self, batch: &Batch, cx: &RunCx) -> Vec<bool> {
        self.mask_with(&self.pred, batch, cx)
    }

    /// The same for a part of the program's condition.
    pub fn mask_with(&self, pred: &Pred, batch: &Batch, cx: &RunCx) -> Vec<bool> {
        let cols: Vec<_> = self.fields.iter().map(|f| batch.col(f)).collect();
        (0..batch.len)
            .map(|row| pred.matches(&BatchRow { program: self, batch, cols: &cols, row, cx }))
            .collect()
    }
}
