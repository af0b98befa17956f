//! The states that several stats functions share.

pub mod counters;
pub mod extremes;
pub mod moments;
pub mod numbers;
pub mod pick;
pub mod series;
pub mod sketch;
pub mod sums;
pub mod texts;
pub mod times;
