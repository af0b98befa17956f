//! Values, time, batches and the JSON scanner of Sepal.

pub mod time;
