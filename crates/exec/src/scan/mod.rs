//! From bytes to batches: inputs, blocks, events, fields.

mod builder;
mod extract;
mod input;
mod open;
mod queue;
mod shape;
mod worker;

pub use input::{Damage, Input, InputData, InputFormat, Meta, ScanCounts};
pub use open::{Opened, counts_lines, expand_folders, line_at};
pub use queue::{Looks, Queue, Work};
pub use shape::Shape;
pub use worker::{RowSink, ScanSpec, Scanner};
