//! Values, batches, wildcards, time, the JSON scanner, the framer of text and the prefilter.

pub mod batch;
pub mod codec;
pub mod fieldset;
pub mod json;
pub mod number;
pub mod prefilter;
pub mod text;
pub mod time;
pub mod value;
pub mod wildcard;

pub use batch::{Batch, Col, FieldName, OrderKey};
pub use value::Value;
