//! Values, batches, wildcards, time, the JSON scanner and the prefilter.

pub mod batch;
pub mod codec;
pub mod number;
pub mod value;

pub use batch::{Batch, Col, FieldName, OrderKey};
pub use value::Value;
