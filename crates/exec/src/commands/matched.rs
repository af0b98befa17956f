//! Rows beside the rows that they match: what `join` and `selfjoin` have in common.

use sepal_data::codec::Writer;
use sepal_data::{Batch, Col, FieldName};

/// A row of the left side, and the row that it matches if there is one.
pub(super) type Pair = (usize, Option<usize>);

/// Rows of a batch that is given on.
pub(super) const CHUNK: usize = 4096;

/// The values of fields as one key; none where one is null.
pub(super) fn key(rows: &Batch, fields: &[FieldName], row: usize) -> Option<Vec<u8>> {
    let mut w = Writer::new();
    for f in fields {
        let value = rows.get(f, row);
        if value.is_null() {
            return None;
        }
        w.uint(value.members().len() as u64);
        value.members().iter().for_each(|m| w.str(&m.text()));
    }
    Some(w.buf)
}

/// The left rows of the pairs, without their places in the order of events.
pub(super) fn left_rows(left: &Batch, pairs: &[Pair]) -> Batch {
    let rows: Vec<usize> = pairs.iter().map(|(l, _)| *l).collect();
    let mut out = left.take(&rows);
    out.order.clear();
    out
}

/// Writes the values that a field of the matching rows has into the field `name` of `out`, a row a
/// pair; where that has a value already, only with `overwrite`.
pub(super) fn lay_over(
    out: &mut Batch,
    name: &FieldName,
    col: &Col,
    pairs: &[Pair],
    overwrite: bool,
) {
    for (cell, (_, other)) in out.values_mut(name).iter_mut().zip(pairs) {
        let Some(other) = other else { continue };
        let value = col.get(*other);
        if !value.is_null() && (overwrite || cell.is_null()) {
            cell.clone_from(value);
        }
    }
}
