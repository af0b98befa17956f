//! Fields that get a value in some rows only.

use sepal_data::{Batch, FieldName, Value};

/// Writes the values, one a row, into a field; null leaves a cell as it is, and where all are null
/// there is no new field.
pub(super) fn write_given(batch: &mut Batch, to: &FieldName, values: Vec<Value>) {
    if values.iter().all(Value::is_null) {
        return;
    }
    for (cell, value) in batch.values_mut(to).iter_mut().zip(values) {
        if !value.is_null() {
            *cell = value;
        }
    }
}
